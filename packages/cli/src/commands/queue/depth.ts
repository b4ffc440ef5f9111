import { readEvaluator } from "../../evaluator-api.ts";
import { EXIT, type Io } from "../../io.ts";
import { recordsOf, textOf } from "../../records.ts";
import { table } from "../../table.ts";

/** `monotask queue depth`: how much waits in each queue, dead letter queues included. */
export async function showDepths(io: Io, isJson: boolean): Promise<number> {
  const answer = await readEvaluator(io, "/api/v1/queues");
  if (isJson) {
    io.out(JSON.stringify(answer, undefined, 2));
    return EXIT.ok;
  }
  const rows = recordsOf(answer, "queues").map((queue) => [
    textOf(queue, "queue"),
    textOf(queue, "count"),
    textOf(queue, "bytes"),
    ageOf(queue["oldestAgeMs"]),
    textOf(queue, "source"),
  ]);
  io.out(table(["QUEUE", "MESSAGES", "BYTES", "OLDEST", "SOURCE"], rows, io.columns));
  const failures = recordsOf(answer, "failures");
  for (const failure of failures) io.err(`${textOf(failure, "queue")} could not be read: ${textOf(failure, "message")}`);
  return failures.length === 0 ? EXIT.ok : EXIT.failed;
}

function ageOf(ms: unknown): string {
  return typeof ms === "number" ? `${Math.round(ms / 1_000)} s` : "";
}
