import { readEvaluator } from "../../evaluator-api.ts";
import { EXIT, UserError, type Io } from "../../io.ts";
import { recordsOf, textOf, type JsonRecord } from "../../records.ts";
import { clockText } from "./alert-words.ts";

/** `monotask alerts explain ID`: why was I paged, why was I not. */
export async function explainAlert(io: Io, id: string, isJson: boolean): Promise<number> {
  const answer = await readEvaluator(io, `/api/v1/alerts/${encodeURIComponent(id)}/explain`);
  const explanation = isRecord(answer) ? answer["explanation"] : undefined;
  if (!isRecord(explanation))
    throw new UserError('the evaluator\'s answer has no "explanation": update @monotask/cli or the evaluator');
  if (isJson) io.out(JSON.stringify(explanation, undefined, 2));
  else io.out(lines(io, explanation).join("\n"));
  return EXIT.ok;
}

function lines(io: Io, explanation: JsonRecord): string[] {
  const now = io.now();
  const { alert, because, targets } = explanation;
  const route = textOf(explanation, "route");
  const next = recordsOf(explanation, "next").map(
    (one) => `  ${textOf(one, "target")}: ${textOf(one, "reason")} at ${clockText(one["atMs"], now)}`,
  );
  const trace = recordsOf(explanation, "trace").map(
    (one) => `  ${clockText(one["atMs"], now).padEnd(10)} ${textOf(one, "event").padEnd(16)} ${textOf(one, "text")}`,
  );
  return [
    ...(isRecord(alert) ? [`${textOf(alert, "summary")} (${textOf(alert, "severity")}, ${textOf(alert, "status")})`] : []),
    ...(route === "" ? [] : [`Route: ${route} → ${Array.isArray(targets) ? targets.join(", ") || "nobody" : "nobody"}`]),
    ...(Array.isArray(because) ? because.map(String) : []),
    ...(next.length === 0 ? [] : ["", "As things are, next:", ...next]),
    "",
    "What was decided:",
    ...(trace.length === 0 ? ["  nothing that is still kept"] : trace),
  ];
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null;
}
