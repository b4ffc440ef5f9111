import { postEvaluator } from "../../evaluator-api.ts";
import { EXIT, type Io } from "../../io.ts";
import { countOf } from "../../records.ts";
import { whoDoes } from "./alert-words.ts";

/** `monotask alerts ack ID`: somebody has it. */
export async function acknowledgeAlert(io: Io, id: string, by: string | undefined): Promise<number> {
  const who = whoDoes(io, by);
  const answer = await postEvaluator(io, `/api/v1/alerts/${encodeURIComponent(id)}/acknowledge`, { by: who });
  const count = countOf(answer, "acknowledged");
  io.out(
    `${count} alert${count === 1 ? "" : "s"} acknowledged by ${who} for 4 h. Repeats and escalation have stopped; it falls if it gets worse.`,
  );
  return EXIT.ok;
}
