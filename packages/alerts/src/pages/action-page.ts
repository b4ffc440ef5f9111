import { allAlerts } from "../client/all-alerts.ts";
import type { AlertManagerApi } from "../client/env.ts";
import type { AlertView } from "../model/alert.ts";
import { readActionLink, type Action, type ActionLink } from "./action-links.ts";
import { page } from "./html.ts";

/** What the pages work with. */
export interface ActionPageDeps {
  /** The secret that signs the links; without it there are none. */
  secret: string | undefined;
  alerts: Pick<AlertManagerApi, "page" | "acknowledge" | "silence"> | undefined;
  nowMs: number;
}

const HOUR_MS = 3_600_000;
const MAX_FORM_BYTES = 10_000;

/**
 * The page behind a link in a message. Opening it changes nothing, whoever or whatever opens it (link previews do); only the
 * form on it does, with the name of who confirms.
 */
export async function handleActionPage(request: Request, { secret, alerts, nowMs }: ActionPageDeps): Promise<Response> {
  if (secret === undefined || alerts === undefined)
    return page(403, "This link cannot be used", ["Set ALERT_LINK_SECRET in the evaluator."]);
  const link = await readActionLink(new URL(request.url), secret, nowMs);
  if (link === undefined) {
    return page(403, "This link is void", [
      "It is older than a day, or not from us. Take the one in the newest message, or use: monotask alerts list",
    ]);
  }
  const open = (await allAlerts(alerts, { groupKey: link.groupKey })).filter(({ status }) => status !== "resolved");
  const [first] = open;
  if (first === undefined)
    return page(200, "It is over", ["Nothing of this outage fires any more. Nobody needs to do anything."]);
  if (request.method === "GET" || request.method === "HEAD")
    return page(200, TITLES[link.action], lines(open), { label: TITLES[link.action] });
  if (request.method !== "POST") return page(405, "Open this link in a browser", []);
  const by = await confirmedBy(request);
  if (by === undefined) return page(400, "Say who you are", ["Others need to know who has it."], { label: TITLES[link.action] });
  return confirm(link, by, first, alerts, nowMs);
}

const TITLES: Record<Action, string> = { acknowledge: "Acknowledge", silence: "Silence for 1 h" };

async function confirm(
  { action, groupKey }: ActionLink,
  by: string,
  alert: AlertView,
  alerts: Pick<AlertManagerApi, "page" | "acknowledge" | "silence">,
  nowMs: number,
): Promise<Response> {
  if (action === "acknowledge") {
    const { acknowledged } = await alerts.acknowledge(groupKey, by);
    if (acknowledged === 0) return page(200, "Nothing was left to acknowledge", await holdersOf(groupKey, alerts));
    return page(200, "It is yours", [`${acknowledged} acknowledged by ${by}, for 4 h. Repeats and escalation have stopped.`]);
  }
  const matchers = ["environment", "worker", "symptom"].map((label) => `${label}=${alert.labels[label] ?? ""}`);
  const answer = await alerts.silence({ matchers, untilMs: nowMs + HOUR_MS, by, why: "silenced from a message" });
  if (answer.kind === "refused") return page(400, "It cannot be silenced", [answer.error.message]);
  return page(200, "It is quiet for an hour", [`Silence ${answer.silence.id}, by ${by}. What still fires then is told again.`]);
}

/** Who has the alerts of a group, one line each. */
async function holdersOf(groupKey: string, alerts: Pick<AlertManagerApi, "page">): Promise<string[]> {
  const mine = (await allAlerts(alerts, { groupKey })).filter((alert) => alert.acknowledged !== undefined);
  const names = [...new Set(mine.map(({ acknowledged }) => acknowledged?.by ?? ""))];
  return names.length === 0 ? ["What is open does not fire yet, or is over."] : names.map((name) => `${name} has it.`);
}

/** The name in the form, or undefined. */
async function confirmedBy(request: Request): Promise<string | undefined> {
  const text = await request.text();
  if (text.length > MAX_FORM_BYTES) return undefined;
  const by = (new URLSearchParams(text).get("by") ?? "")
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, 100);
  return by === "" ? undefined : by;
}

function lines(open: readonly AlertView[]): string[] {
  const shown = open.slice(0, 20).map(({ summary, severity, labels }) => `${labels["worker"] ?? ""}: ${summary} (${severity})`);
  return open.length > shown.length ? [...shown, `and ${open.length - shown.length} more`] : shown;
}
