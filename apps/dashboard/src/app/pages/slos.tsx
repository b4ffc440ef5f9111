import { BudgetBar, budgetText, BudgetRow } from "../parts/budget.tsx";
import { Link } from "../parts/link.tsx";
import { Empty, Show, State } from "../parts/states.tsx";
import { BurnDown } from "../panels/burn-down.tsx";
import { sloState } from "../evaluator.ts";
import type { SloList, SloView } from "../evaluator.ts";
import { useRead } from "../read.ts";
import { spanText, timeText } from "../time.ts";
import { useView } from "../viewer.ts";

/** All objectives: target, state, budget left; the worst first. */
export function SlosPage() {
  const { turn } = useView();
  const loaded = useRead<SloList>("/api/evaluator/slos", turn);
  return (
    <section class="panel" aria-labelledby="objectives">
      <header class="panel-head">
        <h2 id="objectives">Objectives</h2>
      </header>
      <Show loaded={loaded} what="Objectives">
        {({ slos }) =>
          slos.length === 0 ? (
            <Empty title="No objective has been judged yet">
              Objectives stand in <code>config/slos.yaml</code>; the evaluator decides its first minute about two minutes after it
              starts.
            </Empty>
          ) : (
            <ul class="budgets">
              {[...slos]
                .sort((a, b) => (a.budgetLeftRatio ?? 2) - (b.budgetLeftRatio ?? 2))
                .map((slo) => (
                  <BudgetRow key={slo.name} slo={slo} />
                ))}
            </ul>
          )
        }
      </Show>
    </section>
  );
}

/** One objective: the sentence, the budget over time, burn in each window, its rules. */
export function SloPage({ name }: { name: string }) {
  const { turn } = useView();
  const loaded = useRead<SloList>("/api/evaluator/slos", turn);
  return (
    <Show loaded={loaded} what={name}>
      {({ slos }) => {
        const slo = slos.find((one) => one.name === name);
        return slo === undefined ? (
          <Empty title={`There is no objective ${name}`}>
            <Link to="/slos">All objectives</Link>
          </Empty>
        ) : (
          <Detail slo={slo} />
        );
      }}
    </Show>
  );
}

function Detail({ slo }: { slo: SloView }) {
  const { nowMs } = useView();
  const state = sloState(slo);
  const rules = slo.alerts ?? [];
  return (
    <>
      <section class="panel" aria-labelledby="explained">
        <header class="panel-head">
          <h2 id="explained">
            <State name={state}>{slo.state}</State>
          </h2>
          {slo.runbook !== undefined && (
            <Link to={`/runbooks/${slo.runbook.replace(/^runbooks\//, "").replace(/\.md$/, "")}`} class="button">
              Runbook
            </Link>
          )}
        </header>
        <p class="sentence">{slo.sentence}</p>
        <div class="budget-large">
          <BudgetBar left={slo.budgetLeftRatio} state={state} label={`error budget of ${slo.name}`} />
          <span>
            target {slo.target.replace("%", " %")} · {budgetText(slo)}
          </span>
        </div>
      </section>
      <BurnDown slo={slo} />
      <div class="grid">
        <section class="panel span-6" aria-labelledby="burn">
          <header class="panel-head">
            <h2 id="burn">Burn by window</h2>
          </header>
          {(slo.windows ?? []).length === 0 ? (
            <Empty title="No window has been measured yet" />
          ) : (
            <ul class="bars">
              {(slo.windows ?? []).map(({ minutes, burn }) => (
                <li key={minutes}>
                  <div class="bars-line">
                    <span>last {spanText(minutes * 60_000)}</span>
                    <b class={burn > 1 ? "is-warning" : ""}>{burn >= 10 ? burn.toFixed(0) : burn.toFixed(2)}×</b>
                  </div>
                  <meter
                    min={0}
                    max={15}
                    value={Math.max(0, Math.min(15, burn))}
                    class={`meter meter-${burn > 6 ? "critical" : burn > 1 ? "warning" : "ok"}`}
                    aria-label={`burn in the last ${minutes} minutes`}
                  />
                </li>
              ))}
            </ul>
          )}
          <p class="panel-how">1× spends exactly the whole budget over the window of the objective.</p>
        </section>
        <section class="panel span-6" aria-labelledby="rules">
          <header class="panel-head">
            <h2 id="rules">Alert rules</h2>
          </header>
          {rules.length === 0 ? (
            <Empty title="No rule has anything to say">Rules speak once a window burns above their factor.</Empty>
          ) : (
            <ul class="lines">
              {rules.map(({ rule, isFiring, state: ruleState, sinceMinute }) => (
                <li key={rule}>
                  <State name={isFiring === true ? "critical" : ruleState === "no-data" ? "no-data" : "ok"}>
                    {isFiring === true ? "firing" : (ruleState ?? "quiet")}
                  </State>
                  <span>{rule}</span>
                  {sinceMinute !== undefined && <span class="muted">since {timeText(sinceMinute * 60_000, nowMs)}</span>}
                </li>
              ))}
            </ul>
          )}
        </section>
      </div>
    </>
  );
}
