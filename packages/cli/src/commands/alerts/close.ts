import { postEvaluator } from "../../evaluator-api.ts";
import { EXIT, UserError, type Io } from "../../io.ts";
import { countOf } from "../../records.ts";
import { whoDoes } from "./alert-words.ts";

/** `monotask alerts close --worker X`: the worker is gone, its alerts end with one message. */
export async function closeWorker(io: Io, options: { worker: string; by?: string; yes: boolean }): Promise<number> {
  const by = whoDoes(io, options.by);
  if (!options.yes && !(await isConfirmed(io, `End every alert of ${options.worker}?`))) {
    throw new UserError(`nothing is changed; add --yes to end every alert of ${options.worker}`);
  }
  const closed = countOf(await postEvaluator(io, "/api/v1/alerts/close", { worker: options.worker, by }), "closed");
  io.out(
    closed === 0
      ? `No alert of ${options.worker} fires.`
      : `${closed} alert${closed === 1 ? "" : "s"} of ${options.worker} ended by ${by}.`,
  );
  return EXIT.ok;
}

/** Asks a person; nobody there is a no. */
export async function isConfirmed(io: Io, question: string): Promise<boolean> {
  const answer = await io.ask(`${question} [y/N] `, "text");
  return /^y(es)?$/i.test(answer?.trim() ?? "");
}
