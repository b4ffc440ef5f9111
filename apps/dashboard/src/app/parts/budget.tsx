import { State } from "./states.tsx";
import { Meter } from "./meter.tsx";
import { Link } from "./link.tsx";
import { budgetText } from "../budget-text.ts";
import { sloState } from "../evaluator.ts";
import type { SloView } from "../evaluator.ts";

export const BUDGET_WORDS = { ok: "inside budget", warning: "at risk", critical: "burning", "no-data": "no data" } as const;

/** Target, state and budget left in one row; with room, what the objective is about. */
export function BudgetRow({ slo, isWide = false }: { slo: SloView; isWide?: boolean }) {
  const state = sloState(slo);
  const left = slo.budgetLeftRatio;
  return (
    <li class="budget" data-slo={slo.name}>
      <div class="budget-name">
        <Link to={`/slos/${encodeURIComponent(slo.name)}`}>{slo.name}</Link>
        <span class="muted" title={slo.description}>
          target {slo.target.replace("%", " %")}
          {isWide && slo.description !== undefined && ` · ${slo.description}`}
        </span>
      </div>
      <State name={state}>{BUDGET_WORDS[state]}</State>
      <div class="budget-bar">
        <BudgetBar left={left} state={state} label={`error budget of ${slo.name}`} />
      </div>
      <div class="budget-left">{left === undefined || state === "no-data" ? "not measured" : budgetText(slo)}</div>
    </li>
  );
}

export function BudgetBar({
  left,
  state,
  label,
}: {
  left: number | undefined;
  state: "ok" | "warning" | "critical" | "no-data";
  label: string;
}) {
  if (left === undefined || state === "no-data") return <div class="hatched" role="img" aria-label={`${label}: no data`} />;
  return <Meter label={label} value={left} max={1} state={state} />;
}
