/** The evaluator's answer, as it came. `status` 0: it did not answer. */
export interface EvaluatorAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface Evaluator {
  get(path: string): Promise<EvaluatorAnswer>;
  post(path: string, body: unknown): Promise<EvaluatorAnswer>;
}

/** The evaluator behind its service binding. The token stays on this side. */
export function createEvaluator(binding: { fetch: typeof fetch } | undefined, token: string | undefined): Evaluator {
  const ask = async (path: string, init: RequestInit): Promise<EvaluatorAnswer> => {
    if (binding === undefined) return failed("no EVALUATOR is bound to the dashboard; add it to services in wrangler.jsonc");
    if (token === undefined)
      return failed("MONOTASK_API_TOKEN is not set: run `wrangler secret put MONOTASK_API_TOKEN` with the evaluator's secret");
    try {
      const response = await binding.fetch(`https://evaluator${path}`, {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${token}` },
      });
      const body = jsonOf(await response.text());
      return body === undefined ? failed(notJson(response.status)) : { status: response.status, body };
    } catch (error) {
      const why = error instanceof Error ? error.message : "unknown error";
      return failed(`the evaluator does not answer (${why}); see what it says with \`wrangler tail monotask-evaluator\``);
    }
  };
  return {
    get: (path) => ask(path, { method: "GET" }),
    post: (path, body) =>
      ask(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  };
}

function failed(error: string): EvaluatorAnswer {
  return { status: 0, body: { error } };
}

/** An object or a list; undefined where the text is none, such as a page of what stands before the evaluator. */
function jsonOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function notJson(status: number): string {
  return `the evaluator answered ${status} without JSON; see what it says with \`wrangler tail monotask-evaluator\``;
}
