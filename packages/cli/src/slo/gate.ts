import { EXIT, UserError } from "../io.ts";
import type { Io } from "../io.ts";
import { textOf } from "../records.ts";
import { numberOf, percentOf, staleness, statusOf } from "./status.ts";

/** The budget policy cannot be judged: a pipeline should not read that as a yes, nor as a no. */
const CANNOT_TELL = EXIT.usage;

/** Exactly 10 % left arrives as 0.09999999999999998, and is enough where 10 % is asked for. */
const ROUNDING = 1e-9;

/**
 * `monotask slo gate NAME… --min-budget 10%`: whether the error budgets allow a deploy. Exit code 0 yes, 1 no, 2 nobody knows: no data, an
 * unknown SLO, an evaluator that does not answer or has decided nothing for a while.
 */
export async function gateDeploy(io: Io, names: readonly string[], minBudget: string): Promise<number> {
  const least = /^\d{1,3}(\.\d+)?%$/.test(minBudget) ? Number(minBudget.slice(0, -1)) / 100 : Number.NaN;
  if (!(least >= 0 && least <= 1)) {
    io.err(`monotask: --min-budget "${minBudget}" is not a share: write a percentage, such as 10%`);
    return EXIT.usage;
  }
  let code: number = EXIT.ok;
  for (const name of names) {
    const verdict = await verdictOf(io, name, least);
    io.out(`${name}: ${verdict.reason}`);
    code = verdict.code === CANNOT_TELL || code === CANNOT_TELL ? CANNOT_TELL : Math.max(code, verdict.code);
  }
  return code;
}

async function verdictOf(io: Io, name: string, least: number): Promise<{ code: number; reason: string }> {
  try {
    const { slo, age } = await statusOf(io, name);
    const stale = staleness(age);
    if (stale !== undefined) return { code: CANNOT_TELL, reason: `cannot tell: ${stale}` };
    const left = numberOf(slo, "budgetLeftRatio");
    if (textOf(slo, "state") === "no-data" || Number.isNaN(left))
      return { code: CANNOT_TELL, reason: `cannot tell: ${textOf(slo, "sentence") || "no data"}` };
    const figures = `${percentOf(left)} of the error budget is left, ${percentOf(least)} is asked for`;
    return left >= least - ROUNDING
      ? { code: EXIT.ok, reason: `go: ${figures}` }
      : { code: EXIT.failed, reason: `stop: ${figures}` };
  } catch (error) {
    if (error instanceof UserError) return { code: CANNOT_TELL, reason: `cannot tell: ${error.message}` };
    throw error;
  }
}
