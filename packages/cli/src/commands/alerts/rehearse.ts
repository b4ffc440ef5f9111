import { postEvaluator } from "../../evaluator-api.ts";
import { EXIT, type Io, UsageError } from "../../io.ts";
import { recordsOf, textOf } from "../../records.ts";
import { whoDoes } from "./alert-words.ts";

/** `monotask alerts test --channel slack`: one real message that says it is a test. */
export async function sendTest(io: Io, targets: readonly string[], by: string | undefined): Promise<number> {
  if (targets.length === 0) throw new UsageError("name a channel: --channel slack");
  const answer = await postEvaluator(io, "/api/v1/alerts/test", { targets, by: whoDoes(io, by) });
  return report(io, answer, "A [TEST] message of severity info", "It resolves itself within a minute.");
}

/** `monotask alerts drill RULE --to TARGET`: a made-up outage takes the whole path. */
export async function sendDrill(io: Io, rule: string, targets: readonly string[], by: string | undefined): Promise<number> {
  if (targets.length === 0) throw new UsageError("say who hears of the drill: --to slack:#drills");
  const answer = await postEvaluator(io, "/api/v1/alerts/drill", { rule, targets, by: whoDoes(io, by) });
  return report(io, answer, `A [DRILL] of ${rule}`, "It comes after the group wait of 10 s and ends after a minute.");
}

function report(io: Io, answer: unknown, what: string, then: string): number {
  const missing = recordsOf(answer, "missing");
  for (const one of missing) io.err(`${textOf(one, "target")}: ${textOf(one, "reason")}`);
  const { sentTo, alertId } = { sentTo: [], ...(typeof answer === "object" ? answer : {}) } as {
    sentTo: unknown;
    alertId?: unknown;
  };
  const names = Array.isArray(sentTo) ? sentTo.map(String) : [];
  if (names.length > 0) io.out(`${what} is on its way to ${names.join(", ")}. ${then}`);
  if (typeof alertId === "string") io.out(`Next: monotask alerts explain ${alertId} says what became of it.`);
  return missing.length > 0 ? EXIT.failed : EXIT.ok;
}
