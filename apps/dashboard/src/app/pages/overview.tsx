import { AlertRow } from "../parts/alert-row.tsx";
import { BudgetRow } from "../parts/budget.tsx";
import { Link } from "../parts/link.tsx";
import { Empty, Show, State } from "../parts/states.tsx";
import { SectionPanels } from "../panels/section.tsx";
import { openAlerts, standingOf } from "../evaluator.ts";
import type { AlertItem, SloList } from "../evaluator.ts";
import { useRead } from "../read.ts";
import { useView } from "../viewer.ts";

/** Health at a glance: who is hurt and how much, what fires, the key rates. */
export function Overview() {
  const { dashboard, turn } = useView();
  const slos = useRead<SloList>("/api/evaluator/slos", turn);
  const alerts = useRead<{ alerts: readonly AlertItem[] }>("/api/evaluator/alerts", turn);
  const panels = dashboard.sections.flatMap((section) => section.panels.filter(({ isOnOverview }) => isOnOverview));
  const empty = dashboard.sections[0]?.empty ?? "";
  return (
    <>
      <div class="grid">
        <section class="panel span-7" aria-labelledby="budgets">
          <header class="panel-head">
            <h2 id="budgets">Error budgets</h2>
            <Link to="/slos" class="button button-quiet">
              All SLOs
            </Link>
          </header>
          <Show loaded={slos} what="Error budgets" height={96}>
            {({ slos: list }) =>
              list.length === 0 ? (
                <Empty title="No objective has been judged yet">
                  The evaluator decides its first minute about two minutes after it starts.
                </Empty>
              ) : (
                <ul class="budgets">
                  {[...list]
                    .sort((a, b) => (a.budgetLeftRatio ?? 2) - (b.budgetLeftRatio ?? 2))
                    .slice(0, 6)
                    .map((slo) => (
                      <BudgetRow key={slo.name} slo={slo} />
                    ))}
                </ul>
              )
            }
          </Show>
        </section>
        <section class="panel span-5" aria-labelledby="firing">
          <header class="panel-head">
            <h2 id="firing">Firing</h2>
            <Link to="/alerts" class="button button-quiet">
              All alerts
            </Link>
          </header>
          <Show loaded={alerts} what="Alerts" height={96}>
            {({ alerts: list }) => {
              const open = openAlerts(list).filter((alert) => standingOf(alert) === "firing");
              if (open.length === 0)
                return (
                  <div class="calm">
                    <State name="ok">Nothing fires</State>
                  </div>
                );
              return (
                <ul class="alerts">
                  {open.slice(0, 5).map((alert) => (
                    <AlertRow key={alert.id} alert={alert} />
                  ))}
                </ul>
              );
            }}
          </Show>
        </section>
      </div>
      <SectionPanels section={{ id: "overview", title: "Overview", empty, panels }} />
    </>
  );
}
