import { UserError } from "./io.ts";
import type { Io } from "./io.ts";

/**
 * Reads one resource of the evaluator's API at MONOTASK_URL with MONOTASK_API_TOKEN.
 * @throws UserError that names the missing variable, the refused token or the address that does not answer
 */
export async function readEvaluator(io: Io, path: string): Promise<unknown> {
  const base = required(io, "MONOTASK_URL", "the evaluator's address, such as https://monotask-evaluator.example.workers.dev");
  const token = required(io, "MONOTASK_API_TOKEN", "the token that the evaluator has as a secret");
  const response = await answer(io, new URL(path, base), token);
  const text = await response.text();
  if (response.status === 401 || response.status === 403) {
    throw new UserError(
      `${base} refused MONOTASK_API_TOKEN (${response.status}): it must equal the evaluator's secret of that name`,
    );
  }
  if (!response.ok) throw new UserError(`${base} answered ${response.status}: ${text.slice(0, 200)}`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UserError(`${base} answered with something that is not JSON; is MONOTASK_URL the evaluator?`);
  }
}

async function answer(io: Io, url: URL, token: string): Promise<Response> {
  try {
    return await io.fetch(url, { headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(10_000) });
  } catch (error) {
    throw new UserError(
      `${url.origin} does not answer (${error instanceof Error ? error.message : "unknown error"}); check MONOTASK_URL`,
    );
  }
}

function required(io: Io, name: string, what: string): string {
  const value = io.env[name];
  if (value === undefined || value === "") throw new UserError(`${name} is not set: give it ${what}`);
  return value;
}
