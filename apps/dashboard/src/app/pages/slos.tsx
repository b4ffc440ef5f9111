import { BUDGET_WORDS, BudgetBar, BudgetRow } from "../parts/budget.tsx";
import { budgetText } from "../budget-text.ts";
import { Link } from "../parts/link.tsx";
import { Meter } from "../parts/meter.tsx";
import { Empty, Show, State } from "../parts/states.tsx";
import { BurnDown } from "../panels/burn-down.tsx";
import { ReplayPanel } from "../replay/replay-panel.tsx";
import { sloState } from "../evaluator.ts";
import type { SloList, SloView } from "../evaluator.ts";
import { useRead } from "../read.ts";
import { spanText, timeText, utcText } from "../time.ts";
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
                  <BudgetRow key={slo.name} slo={slo} isWide />
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
  const state = sloState(slo);
  const isMeasured = state !== "no-data";
  return (
    <>
      <section class="panel" aria-labelledby="explained">
        <header class="panel-head">
          <h2 id="explained">
            <State name={state}>{slo.state === "ok" ? BUDGET_WORDS[state] : slo.state.replaceAll("-", " ")}</State>
          </h2>
          {slo.runbook !== undefined && (
            <Link to={`/runbooks/${slo.runbook.replace(/^runbooks\//, "").replace(/\.md$/, "")}`} class="button">
              Runbook
            </Link>
          )}
        </header>
        {slo.description !== undefined && slo.description !== "" && <p class="muted">{slo.description}</p>}
        <p class="sentence">{slo.sentence}</p>
        <div class="budget-large">
          <BudgetBar left={slo.budgetLeftRatio} state={state} label={`error budget of ${slo.name}`} />
          <span>
            target {slo.target.replace("%", " %")} · {isMeasured ? budgetText(slo) : "not measured"}
          </span>
        </div>
      </section>
      <BurnDown slo={slo} />
      <div class="grid">
        <BurnByWindow slo={slo} isMeasured={isMeasured} />
        <Rules slo={slo} isMeasured={isMeasured} />
      </div>
      <Exclusions slo={slo} />
      <ReplayPanel key={slo.name} sloName={slo.name} />
    </>
  );
}

function BurnByWindow({ slo: { windows = [] }, isMeasured }: { slo: SloView; isMeasured: boolean }) {
  return (
    <section class="panel span-6" aria-labelledby="burn">
      <header class="panel-head">
        <h2 id="burn">Burn by window</h2>
      </header>
      {windows.length === 0 || !isMeasured ? (
        <Empty title="No window has been measured yet">The first one is, about two minutes after the first event.</Empty>
      ) : (
        <ul class="bars">
          {windows.map(({ minutes, burn }) => (
            <li key={minutes}>
              <div class="bars-line">
                <span>last {spanText(minutes * 60_000)}</span>
                <b class={burn > 6 ? "is-critical" : burn > 1 ? "is-warning" : ""}>
                  {burn >= 10 ? burn.toFixed(0) : burn.toFixed(2)}×
                </b>
              </div>
              <Meter
                label={`burn in the last ${minutes} minutes`}
                value={burn}
                max={15}
                state={burn > 6 ? "critical" : burn > 1 ? "warning" : "ok"}
              />
            </li>
          ))}
        </ul>
      )}
      <p class="panel-how">1× spends exactly the whole budget over the window of the objective.</p>
    </section>
  );
}

function Rules({ slo: { alerts = [], rules = [] }, isMeasured }: { slo: SloView; isMeasured: boolean }) {
  const { nowMs } = useView();
  return (
    <section class="panel span-6" aria-labelledby="rules">
      <header class="panel-head">
        <h2 id="rules">Alert rules</h2>
      </header>
      {alerts.length === 0 ? (
        <Empty title="No rule has anything to say">Rules speak once a window burns above their factor.</Empty>
      ) : (
        <ul class="lines">
          {alerts.map(({ rule, isFiring, state, sinceMinute }) => {
            const burn = rules.find(({ id }) => id === rule);
            const isBlind = !isMeasured || state === "no-data";
            return (
              <li key={rule}>
                <State name={isFiring === true ? "critical" : isBlind ? "no-data" : "ok"}>
                  {isFiring === true ? "firing" : isBlind ? "no data" : (state ?? "quiet")}
                </State>
                <b>{rule}</b>
                <span class="muted">
                  {burn !== undefined &&
                    `${Number(burn.factor.toFixed(1))}× over ${spanText(burn.longMinutes * 60_000)} and ${spanText(burn.shortMinutes * 60_000)}`}
                  {burn?.heldBackBy !== undefined && ` · held back by ${burn.heldBackBy}`}
                  {isFiring === true && sinceMinute !== undefined && ` · since ${timeText(sinceMinute * 60_000, nowMs)}`}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

function Exclusions({ slo: { exclusions = [] } }: { slo: SloView }) {
  const { nowMs } = useView();
  return (
    <section class="panel" aria-labelledby="exclusions">
      <header class="panel-head">
        <h2 id="exclusions">Exclusions</h2>
      </header>
      {exclusions.length === 0 ? (
        <Empty title="No time is excluded">
          Planned maintenance that must not spend the budget stands under <code>exclusions</code> in <code>config/slos.yaml</code>
          , with who decided it and why.
        </Empty>
      ) : (
        <ul class="lines">
          {exclusions.map(({ fromMinute, toMinute, reason, by }) => (
            <li key={fromMinute}>
              <State name="excluded">
                {toMinute * 60_000 < nowMs ? "was excluded" : fromMinute * 60_000 > nowMs ? "planned" : "excluded now"}
              </State>
              <time dateTime={new Date(fromMinute * 60_000).toISOString()} title={utcText(fromMinute * 60_000)}>
                {timeText(fromMinute * 60_000, nowMs)}, for {spanText((toMinute - fromMinute) * 60_000)}
              </time>
              <span class="muted">
                {reason} · {by}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
