import { fetchFailure } from "./fetch-failure.ts";
import { UserError } from "./io.ts";
import type { Io } from "./io.ts";

/**
 * Reads one resource of the evaluator's API at MONOTASK_URL with MONOTASK_API_TOKEN.
 * @throws UserError that names the missing variable, the refused token or the address that does not answer
 */
export async function readEvaluator(io: Io, path: string): Promise<unknown> {
  return call(io, path, { method: "GET" });
}

/** Asks the evaluator to do something. @throws UserError as {@link readEvaluator} does, and for what the evaluator refuses */
export async function postEvaluator(io: Io, path: string, body: unknown): Promise<unknown> {
  return call(io, path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

interface Call {
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function call(io: Io, path: string, init: Call): Promise<unknown> {
  const base = required(
    io,
    "MONOTASK_URL",
    "the evaluator's address, such as https://monotask-evaluator.example.workers.dev; what monotask dev prints, for that one",
  );
  const token = required(io, "MONOTASK_API_TOKEN", "the token that the evaluator has as a secret");
  if (!URL.canParse(base)) throw new UserError(`MONOTASK_URL "${base}" is no address: begin it with https://`);
  const response = await answer(io, new URL(path, base), token, init);
  const text = await response.text();
  if (response.status === 401 || response.status === 403) {
    throw new UserError(
      `${base} refused MONOTASK_API_TOKEN (${response.status}): it must equal the evaluator's secret of that name`,
    );
  }
  const json = parsed(text);
  if (!response.ok) throw new UserError(`${base} answered ${response.status}: ${errorOf(json) ?? text.slice(0, 200)}`);
  if (json === undefined) {
    throw new UserError(`${base} answered with something that is not JSON; is MONOTASK_URL the evaluator?`);
  }
  return json;
}

async function answer(io: Io, url: URL, token: string, init: Call): Promise<Response> {
  try {
    return await io.fetch(url, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(10_000),
    });
  } catch (error) {
    throw new UserError(`${url.origin} does not answer (${fetchFailure(error)}); check MONOTASK_URL`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The evaluator's own sentence about what is wrong. */
function errorOf(json: unknown): string | undefined {
  const error = typeof json === "object" && json !== null && "error" in json ? json.error : undefined;
  return typeof error === "string" ? error : undefined;
}

function required(io: Io, name: string, what: string): string {
  const value = io.env[name];
  if (value === undefined || value === "") throw new UserError(`${name} is not set: give it ${what}`);
  return value;
}
