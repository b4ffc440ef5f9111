import type { SloList } from "../evaluator.ts";
import { BudgetRow } from "../parts/budget.tsx";
import { Empty, Show } from "../parts/states.tsx";
import { useRead } from "../read.ts";
import { useView } from "../viewer.ts";

/** An SLO as a panel: its budget now and the sentence that explains it. */
export function SloPanel({ name }: { name: string }) {
  const { turn } = useView();
  const loaded = useRead<SloList>("/api/evaluator/slos", turn);
  return (
    <Show loaded={loaded} what={name} height={96}>
      {({ slos }) => {
        const slo = slos.find((one) => one.name === name);
        if (slo === undefined)
          return (
            <Empty title={`${name} has not been judged yet`}>
              The evaluator decides its first minute about two minutes after it starts.
            </Empty>
          );
        return (
          <>
            <ul class="budgets">
              <BudgetRow slo={slo} />
            </ul>
            <p>{slo.sentence}</p>
          </>
        );
      }}
    </Show>
  );
}
