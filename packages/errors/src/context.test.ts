import { createClock, readSettings } from "@monotask/telemetry";
import { describe, expect, it } from "vitest";
import { addBreadcrumb, createErrorAlerter, type ErrorOptions } from "./index.ts";

const env = { CF_VERSION_METADATA: { id: "v42" } };

function capture(error: unknown, request?: Request, details = {}, options: ErrorOptions = {}) {
  return createErrorAlerter(env, "api-gateway", options).createErrorContext(error, request, details);
}

function requestWith(headers: Record<string, string> = {}): Request {
  const url = "https://api.test/api/tasks/42/mail/bo@example.com?token=abc";
  return Object.assign(new Request(url, { method: "POST", headers }), { cf: { colo: "VIE" } });
}

describe("the context of an error", () => {
  it("says where it happened: worker, version, method, route, ray and location", () => {
    expect(capture(new Error("x"), requestWith({ "cf-ray": "ray1" }))).toMatchObject({
      workerName: "api-gateway",
      version: "v42",
      method: "POST",
      endpoint: "/api/tasks/:id/mail/:id",
      requestId: "ray1",
      request: { method: "POST", ray: "ray1", colo: "VIE" },
    });
  });

  it("has the URL without query and e-mail addresses", () => {
    expect(capture(new Error("x"), requestWith()).request?.url).toBe("https://api.test/api/tasks/42/mail/[email]");
  });

  it("has the headers, without secrets and without the caller's address", () => {
    const headers = {
      "user-agent": "cli/1",
      authorization: "Bearer abc",
      cookie: "session=abc",
      "x-api-key": "abc",
      "cf-connecting-ip": "192.0.2.1",
      "x-forwarded-for": "192.0.2.1",
      referer: "https://app.test/?token=abc",
    };
    expect(capture(new Error("x"), requestWith(headers)).request?.headers).toEqual({
      "user-agent": "cli/1",
      authorization: "[scrubbed]",
      cookie: "[scrubbed]",
      "x-api-key": "[scrubbed]",
      referer: "https://app.test/",
    });
  });

  it("has at most 30 headers", () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`x-header-${at}`, "v"]));
    expect(Object.keys(capture(new Error("x"), requestWith(many)).request?.headers ?? {})).toHaveLength(30);
  });

  it("names the user by id or by what is known of them", () => {
    expect(capture(new Error("x"), undefined, { userId: "user_123" }).user).toEqual({ id: "user_123" });
    expect(capture(new Error("x"), undefined, { user: { id: 7, plan: "pro", email: "bo@example.com" } }).user).toEqual({
      id: 7,
      plan: "pro",
      email: "[email]",
    });
  });

  it("keeps custom fields as they are, values of secret names masked", () => {
    const details = { taskId: 42, nested: { deep: [1, "two"] }, apiKey: "abc" };
    expect(capture(new Error("x"), undefined, details).context).toEqual({
      taskId: 42,
      nested: { deep: [1, "two"] },
      apiKey: "[scrubbed]",
    });
  });

  it("shows causes, nearest first", () => {
    const root = Object.assign(new TypeError("root"), { code: "E_ROOT" });
    const error = new Error("outer", { cause: new Error("middle", { cause: root }) });
    expect(capture(error).related?.map(({ relation, name, message, code }) => [relation, name, message, code])).toEqual([
      ["cause", "Error", "middle", undefined],
      ["cause", "TypeError", "root", "E_ROOT"],
    ]);
  });

  it("shows the first members of an aggregate and says how many more there are", () => {
    const aggregate = new AggregateError(Array.from({ length: 8 }, (_, at) => new Error(`member ${at}`)));
    const described = capture(aggregate);
    expect(described.related?.map(({ relation, message }) => `${relation} ${message}`)).toEqual(
      [0, 1, 2, 3, 4].map((at) => `member member ${at}`),
    );
    expect(described.leftOut).toBe(3);
  });

  it("shows no half of a token, wherever a text is cut", () => {
    const token = `9aB3dE6gH1jK4mN7${"pQ2sT5vW8yZ0"}`;
    for (let length = 440; length <= 520; length += 1) {
      const words = "word ".repeat(length / 5) + "x".repeat(length % 5);
      const url = `https://api.test/${"a/".repeat((length - 16) / 2)}${token}ABCDE`;
      const during = new Request(url);
      const upstream = Object.assign(new Error(`${words} ${token}ABCDE and more`), { url, status: 502, message: "" });
      expect(JSON.stringify(capture(new Error(`${words} ${token}ABCDE and more`), during)), `cut ${length}`).not.toContain(
        "9aB3",
      );
      expect(JSON.stringify(capture(upstream)), `cut ${length}`).not.toContain("9aB3");
    }
  });

  it("has frames, also behind a message of 100,000 characters", () => {
    const frames = (message: string): string | undefined => capture(new Error(message)).stack;
    expect(frames("x")).toContain("context.test");
    expect(frames("x".repeat(100_000))).toContain("context.test");
  });

  it("has no stack where none is wanted", () => {
    const described = capture(new Error("x", { cause: new Error("y") }), undefined, {}, { captureStackTraces: false });
    expect(JSON.stringify(described)).not.toContain("context.test");
  });
});

describe("breadcrumbs", () => {
  it("are the steps of the same request, oldest first and scrubbed", () => {
    const [request, other] = [requestWith(), requestWith()];
    addBreadcrumb(request, { category: "cache", message: "miss", data: { key: "tasks", token: "abc" } });
    addBreadcrumb(request, { message: "mail to bo@example.com" });
    addBreadcrumb(other, { message: "not ours" });
    expect(capture(new Error("x"), request).breadcrumbs).toMatchObject([
      { category: "cache", message: "miss", data: { key: "tasks", token: "[scrubbed]" } },
      { message: "mail to [email]" },
    ]);
  });

  it("are the last 20", () => {
    const request = requestWith();
    for (let step = 1; step <= 50; step += 1) addBreadcrumb(request, { message: `step ${step}` });
    const messages = capture(new Error("x"), request).breadcrumbs?.map(({ message }) => message);
    expect(messages).toEqual(Array.from({ length: 20 }, (_, at) => `step ${at + 31}`));
  });
});

describe("what the caller has broken off", () => {
  it("is a client's disconnect, not a timeout", () => {
    const gone = new AbortController();
    const request = new Request("https://api.test/", { signal: gone.signal });
    const aborted = new DOMException("The operation was aborted", "AbortError");
    expect(capture(aborted, request)).toMatchObject({ category: "timeout", severity: "warning" });
    gone.abort();
    expect(capture(aborted, request)).toMatchObject({ category: "client-disconnect", severity: "info" });
  });
});

describe("the group of an error", () => {
  const group = (error: unknown, details = {}, options: ErrorOptions = {}): string =>
    capture(error, undefined, details, options).fingerprint;

  it("may be named by the caller or by an option", () => {
    const [one, other] = [new Error("one"), new TypeError("other")];
    expect(group(one)).not.toBe(group(other));
    expect(group(one, { fingerprint: "same" })).toBe(group(other, { fingerprint: "same" }));
    const byCode: ErrorOptions = { fingerprint: ({ code }) => code };
    expect(group(Object.assign(one, { code: "E1" }), {}, byCode)).toBe(group(Object.assign(other, { code: "E1" }), {}, byCode));
    expect(group(new Error("x"), {}, byCode)).toBe(group(new Error("x"), {}, { fingerprint: () => undefined }));
  });

  it("is the usual one where the option throws", () => {
    const broken: ErrorOptions = {
      fingerprint: () => {
        throw new Error("oops");
      },
    };
    const error = new Error("x");
    expect(group(error, {}, broken)).toBe(group(error));
  });

  it("tells aggregates apart by what they hold", () => {
    const aggregate = (member: Error): AggregateError => new AggregateError([member], "All promises were rejected");
    expect(group(aggregate(new TypeError("a is not a function")))).not.toBe(group(aggregate(new RangeError("too long"))));
  });
});

it("stamps the worker's clock", () => {
  const settings = { ...readSettings({}), clock: createClock({ realMs: 0, virtualMs: 1_000, rate: 0 }) };
  expect(createErrorAlerter({}, "w", { settings }).createErrorContext(new Error("x")).timestamp).toBe(1_000);
});
