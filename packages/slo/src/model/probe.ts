import type { StatusRange } from "./slo.ts";

/** A request that the evaluator makes on its own, as a source of availability and as proof that a silent worker is alive. */
export interface Probe {
  readonly name: string;
  /** `${NAME}` at the beginning stands for a variable of the evaluator. */
  readonly url: string;
  readonly method: "GET" | "HEAD" | "POST";
  readonly worker: string;
  readonly environment: string;
  readonly statuses: readonly StatusRange[];
  /** Text that the answer must contain. */
  readonly body: string | undefined;
  readonly timeoutMs: number;
  readonly intervalMinutes: number;
}
