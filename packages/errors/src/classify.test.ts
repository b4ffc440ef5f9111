import { describe, expect, it } from "vitest";
import { classifyError, type ClassifyRule } from "./index.ts";

/** An error as a library or the platform throws it. */
function thrown(name: string, message: string, fields: object = {}): Error {
  return Object.assign(new Error(message), { name }, fields);
}

/** An answer of `fetch`: unlike one that is made to be thrown it has a URL. */
function fetched(status: number): Response {
  return Object.defineProperty(new Response("", { status }), "url", { value: "https://api.github.com/repos/o/r" });
}

describe("classifyError takes", () => {
  it.each([
    // D1
    [new Error("D1_ERROR: no such table: tasks: SQLITE_ERROR"), "database", "critical"],
    [new Error("D1_ERROR: query timed out"), "database", "critical"],
    [new Error("D1_EXEC_ERROR: Error in line 1: SELEC 1"), "database", "critical"],
    [new Error("D1_ERROR: Network connection lost."), "database", "critical"],
    [new Error("D1_ERROR: D1 DB is overloaded. Requests queued for too long."), "database", "critical"],
    [thrown("DrizzleQueryError", "Failed query: select 1"), "database", "critical"],
    [thrown("Error", "constraint failed", { code: "SQLITE_CONSTRAINT" }), "database", "critical"],
    [new Error("Database connection failed"), "database", "critical"],
    // KV and R2
    [new Error("KV PUT failed: 429 Too Many Requests"), "rate-limit", "warning"],
    [new Error("KV GET failed: 500 Internal Server Error"), "database", "critical"],
    [new Error("put: We encountered an internal error. Please try again. (10001)"), "database", "critical"],
    [new Error("get: The specified key does not exist. (10007)"), "not-found", "info"],
    [new Error("put: Reduce your concurrent request rate for the same object. (10058)"), "rate-limit", "warning"],
    // Queues
    [new Error("Queue send failed: Too Many Requests"), "queue", "critical"],
    [new Error("Queue sendBatch failed: Bad Request"), "queue", "critical"],
    // Durable Objects
    [
      thrown("Error", "Durable Object is overloaded. Requests queued for too long.", { overloaded: true }),
      "database",
      "critical",
    ],
    [new Error("Durable Object reset because its code was updated."), "database", "critical"],
    [new Error("Internal error in Durable Object storage caused object to be reset."), "database", "critical"],
    [new Error("Durable Object's isolate exceeded its memory limit and was reset."), "cpu-memory", "critical"],
    [new Error("Durable Object exceeded its CPU time limit and was reset."), "cpu-memory", "critical"],
    // Limits of the runtime
    [new Error("Worker exceeded CPU time limit"), "cpu-memory", "critical"],
    [new Error("Too many subrequests."), "cpu-memory", "critical"],
    // Calls of other services
    [new Error("Network connection lost."), "external-api", "warning"],
    [new TypeError("fetch failed", { cause: thrown("Error", "connect", { code: "ECONNREFUSED" }) }), "external-api", "warning"],
    [
      new TypeError("fetch failed", { cause: thrown("Error", "slow", { code: "UND_ERR_CONNECT_TIMEOUT" }) }),
      "timeout",
      "warning",
    ],
    [new Error("internal error; reference = 0123456789"), "external-api", "warning"],
    [new Error("GitHub answered 500"), "external-api", "warning"],
    [thrown("BrokenCircuitError", "Execution prevented because the circuit breaker is open"), "external-api", "warning"],
    // Time
    [new DOMException("The operation timed out", "TimeoutError"), "timeout", "warning"],
    [new DOMException("The operation was aborted", "AbortError"), "timeout", "warning"],
    [thrown("TaskCancelledError", "Operation timed out after 1000ms"), "timeout", "warning"],
    // The worker's own rooms
    [new Error("sandbox could not be provisioned"), "sandbox", "warning"],
    [thrown("SandboxTimeoutError", "gone"), "sandbox", "warning"],
    // Callers' mistakes
    [thrown("ZodError", "invalid_type"), "validation", "info"],
    [thrown("ValiError", "Invalid type"), "validation", "info"],
    [thrown("HTTPException", "title is missing", { status: 422 }), "validation", "info"],
    [thrown("HTTPException", "slow down", { status: 429 }), "rate-limit", "info"],
    [thrown("HTTPException", "teapot", { status: 418 }), "unknown", "info"],
    [thrown("NotFoundError", "no task"), "not-found", "info"],
    [thrown("UnauthorizedError", "who are you"), "auth", "info"],
    [{ statusCode: 404 }, "not-found", "info"],
    [thrown("AppError", "no task", { status: "fail", statusCode: 404 }), "not-found", "info"],
    [new Response("", { status: 401 }), "auth", "info"],
    [new Error("Client disconnected before the answer"), "client-disconnect", "info"],
    // Classes that set no name
    [new (class DatabaseUnavailableError extends Error {})("gone"), "database", "critical"],
    // Nothing known
    [new TypeError("x is not a function"), "unknown", "warning"],
    ["a thrown text", "unknown", "warning"],
  ])("%s for %s, %s", (value, category, severity) => {
    expect(classifyError(value)).toEqual({ category, severity });
  });

  it("the status that an error asks for over its words", () => {
    expect(classifyError(thrown("Error", "database row not there", { status: 404 })).category).toBe("not-found");
  });

  it.each([
    [fetched(404), "external-api", "warning"],
    [fetched(503), "external-api", "warning"],
    [fetched(401), "auth", "warning"],
    [fetched(429), "rate-limit", "warning"],
    [fetched(504), "timeout", "warning"],
    [thrown("HttpError", "Bad credentials", { status: 401, request: {}, response: {} }), "auth", "warning"],
    [thrown("RateLimitError", "429 slow down", { status: 429, requestID: "req_1", headers: {} }), "rate-limit", "warning"],
    [
      thrown("AxiosError", "Request failed with status code 400", { status: 400, config: {}, response: {} }),
      "external-api",
      "warning",
    ],
  ])("another service's answer for our trouble, not for the caller's mistake: %s is %s, %s", (value, category, severity) => {
    expect(classifyError(value)).toEqual({ category, severity });
  });

  it("evidence in a cause over words in front of it", () => {
    const wrapped = new Error("GitHub sync failed", { cause: new Error("inner", { cause: new Error("D1_ERROR: locked") }) });
    expect(classifyError(wrapped).category).toBe("database");
  });

  it("evidence in a member of an aggregate", () => {
    expect(classifyError(new AggregateError([new Error("x"), new DOMException("late", "TimeoutError")])).category).toBe(
      "timeout",
    );
  });
});

describe("a user's rule", () => {
  const cardError = thrown("CardError", "card declined", { code: "card_declined" });
  const rule = (match: ClassifyRule["match"]): ClassifyRule => ({ match, category: "payments", severity: "critical" });

  it.each<[string, ClassifyRule["match"], boolean]>([
    ["a name", "CardError", true],
    ["a code", "card_declined", true],
    ["a part of the message", "declined", true],
    ["a part of a name", "Card", false],
    ["a RegExp on the name", /^Card/, true],
    ["a global RegExp, twice", /declined/g, true],
    ["all parts of a pattern", { name: "CardError", message: /declined/ }, true],
    ["one wrong part of a pattern", { name: "CardError", code: "other" }, false],
    ["a status", { status: 402 }, false],
    ["a function", ({ code }) => code === "card_declined", true],
    [
      "a function that throws",
      () => {
        throw new Error("oops");
      },
      false,
    ],
  ])("matches by %s", (_, match, matches) => {
    const expected = matches ? { category: "payments", severity: "critical" } : { category: "unknown", severity: "warning" };
    expect(classifyError(cardError, [rule(match)])).toEqual(expected);
    expect(classifyError(cardError, [rule(match)])).toEqual(expected);
  });

  it("comes before status, class and words", () => {
    const error = thrown("ZodError", "D1_ERROR", { status: 400 });
    expect(classifyError(error, [{ match: "ZodError", category: "queue", severity: "critical" }])).toEqual({
      category: "queue",
      severity: "critical",
    });
  });

  it("counts from the first one on", () => {
    const rules: ClassifyRule[] = [
      { match: "Missing", severity: "info" },
      { match: /./, severity: "critical" },
      { match: "CardError", severity: "info" },
    ];
    expect(classifyError(cardError, rules).severity).toBe("critical");
  });

  it("looks at causes too", () => {
    expect(classifyError(new Error("checkout failed", { cause: cardError }), [rule("CardError")]).category).toBe("payments");
  });

  it("may leave out the category, or the severity", () => {
    const error = new Error("D1_ERROR: locked");
    expect(classifyError(error, [{ match: /locked/, severity: "info" }])).toEqual({ category: "database", severity: "info" });
    expect(classifyError(error, [{ match: /locked/, category: "sandbox" }])).toEqual({
      category: "sandbox",
      severity: "warning",
    });
  });

  it("keeps a caller's mistake info unless it says otherwise", () => {
    const error = thrown("HTTPException", "bad", { status: 400 });
    expect(classifyError(error, [{ match: "HTTPException", category: "database" }]).severity).toBe("info");
  });

  it("without a match counts as not written", () => {
    const rules = JSON.parse(
      '[{ "severity": "info" }, null, { "match": "CardError", "severity": "critical" }]',
    ) as ClassifyRule[];
    expect(classifyError(cardError, rules).severity).toBe("critical");
  });

  it("with a severity that is none leaves the severity as it is", () => {
    const rules = JSON.parse('[{ "match": "CardError", "severity": "fatal" }]') as ClassifyRule[];
    expect(classifyError(cardError, rules).severity).toBe("warning");
  });
});
