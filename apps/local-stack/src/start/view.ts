import type { TickCounts } from "@monotask/cli/local";
import type { TrafficCounts } from "../traffic/traffic.ts";
import type { Addresses } from "../stack/addresses.ts";
import type { AlertLine, SloReading } from "../stack/evaluator-api.ts";

/** All that the terminal shows at one moment. */
export interface Snapshot {
  readonly nowMs: number;
  readonly speed: number;
  readonly addresses: Addresses;
  readonly hasDashboard: boolean;
  readonly traffic: TrafficCounts | undefined;
  /** Requests a second since the last snapshot. */
  readonly perSecond: number;
  readonly ticks: TickCounts | undefined;
  readonly slos: SloReading | undefined;
  readonly alerts: readonly AlertLine[];
  readonly messages: number | undefined;
  readonly logDir: string;
  /** A part that did not answer when it was read. */
  readonly trouble: string | undefined;
}

/** Marks text as good, bad or of less weight; does nothing where colour is off. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

export function paintFor(hasColour: boolean): Paint {
  const code = (open: number, close: number) => (text: string) => (hasColour ? `\u001b[${open}m${text}\u001b[${close}m` : text);
  return { good: code(32, 39), bad: code(31, 39), dim: code(2, 22), bold: code(1, 22) };
}

/** The lines of the terminal view, at most 80 columns without colour. */
export function viewLines(snapshot: Snapshot, paint: Paint): string[] {
  const { addresses, traffic, ticks } = snapshot;
  const time = `${new Date(snapshot.nowMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  return [
    `${paint.bold("MonoTask Monitoring on this machine")}   ${time}${snapshot.speed === 1 ? "" : ` (${snapshot.speed}× real time)`}`,
    "",
    where("Demo API", addresses.demo, traffic === undefined ? "no traffic" : trafficText(traffic, snapshot.perSecond)),
    ...(snapshot.hasDashboard ? [where("Dashboard", addresses.dashboard, "")] : []),
    where("Evaluator", addresses.evaluator, ticks === undefined ? "" : tickText(ticks)),
    where("Inbox", addresses.inbox, snapshot.messages === undefined ? "" : counted(snapshot.messages, "message")),
    where("Analytics SQL", addresses.analytics, "token local-analytics-token"),
    "",
    ...sloLines(snapshot.slos, paint),
    "",
    ...alertLines(snapshot.alerts, paint),
    ...(snapshot.trouble === undefined ? [] : [paint.bad(cut(`! ${snapshot.trouble}`))]),
    ...(ticks?.lastFailure === undefined ? [] : [paint.bad(cut(`! ${ticks.lastFailure}`))]),
    "",
    paint.dim(`Break it:  curl -X POST ${addresses.demo}/__faults -d '{"errorRate":0.3}'`),
    paint.dim(`Mend it:   curl -X DELETE ${addresses.demo}/__faults`),
    paint.dim(`Logs in ${snapshot.logDir}. Ctrl-C ends everything.`),
  ];
}

/** One line for where nobody can watch a screen: a pipe, a log file. */
export function viewLine(snapshot: Snapshot): string {
  const slos = snapshot.slos?.slos ?? [];
  const good = slos.filter(({ state }) => isGood(state)).length;
  const firing = snapshot.alerts.filter(({ isFiring }) => isFiring).length;
  const requests = snapshot.traffic === undefined ? "no traffic" : `${snapshot.perSecond.toFixed(1)} req/s`;
  return `${new Date(snapshot.nowMs).toISOString()} ${requests}, ${good} of ${slos.length} SLOs ok, ${counted(firing, "alert")} firing, ${counted(snapshot.messages ?? 0, "message")}${snapshot.trouble === undefined ? "" : `; ${snapshot.trouble}`}`;
}

const COLUMNS = 80;
const SLOS_SHOWN = 14;

function where(name: string, url: string, what: string): string {
  return `  ${name.padEnd(14)} ${url.padEnd(23)} ${what}`.trimEnd();
}

function trafficText({ sent, byStatus, unanswered }: TrafficCounts, perSecond: number): string {
  const answered = Object.values(byStatus).reduce((sum, count) => sum + count, 0) + unanswered.length;
  const failures =
    unanswered.length + Object.entries(byStatus).reduce((sum, [status, n]) => sum + (Number(status) >= 500 ? n : 0), 0);
  const share = answered === 0 ? 0 : (100 * failures) / answered;
  return `${perSecond.toFixed(1)} req/s, ${sent} sent, ${share.toFixed(1)} % failed`;
}

function tickText({ ok, failed, lastMs }: TickCounts): string {
  if (lastMs === undefined) return "first tick within a minute";
  return `tick ${new Date(lastMs).toISOString().slice(11, 16)}, ${ok} ok, ${failed} failed`;
}

function sloLines(reading: SloReading | undefined, paint: Paint): string[] {
  const slos = reading?.slos ?? [];
  if (slos.length === 0) return ["  SLOs appear after the first tick."];
  const rows = slos.slice(0, SLOS_SHOWN).map(({ name, target, budgetLeftRatio, state }) => {
    const left = Number.isFinite(budgetLeftRatio) ? `${(100 * budgetLeftRatio).toFixed(1)} %` : "-";
    const row = `  ${name.slice(0, 34).padEnd(34)} ${target.slice(0, 12).padEnd(12)} ${left.padStart(10)}  `;
    return `${row}${isGood(state) ? paint.good(`✓ ${state}`) : state === "no-data" ? paint.dim(`? ${state}`) : paint.bad(`✗ ${state}`)}`;
  });
  const more = slos.length > SLOS_SHOWN ? [`  … and ${slos.length - SLOS_SHOWN} more: monotask slo status`] : [];
  return [paint.dim(`  ${"SLO".padEnd(34)} ${"target".padEnd(12)} ${"left".padStart(10)}  state`), ...rows, ...more];
}

function alertLines(alerts: readonly AlertLine[], paint: Paint): string[] {
  const last = [...alerts].sort((a, b) => b.startsAtMs - a.startsAtMs)[0];
  if (last === undefined) return ["  No alert so far."];
  const since = new Date(last.startsAtMs).toISOString().slice(11, 16);
  const text = cut(`  Last alert: ${last.isFiring ? last.severity : "over"}, since ${since}: ${last.summary}`);
  return [last.isFiring ? paint.bad(text) : paint.good(text)];
}

function isGood(state: string): boolean {
  return state === "ok";
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function cut(text: string): string {
  return text.length > COLUMNS ? `${text.slice(0, COLUMNS - 1)}…` : text;
}
