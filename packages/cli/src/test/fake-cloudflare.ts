import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeCloudflare {
  readonly url: string;
  readonly token: string;
  /** `POST /queues` and the like, in order. */
  readonly calls: string[];
  readonly state: State;
  /** The next answers, in place of the real ones. */
  readonly failures: { readonly status: number; readonly headers?: Record<string, string> }[];
  /** Paths that the token may not use. */
  readonly forbidden: RegExp[];
  close(): Promise<void>;
}

type Item = Record<string, unknown>;

interface State {
  readonly kv: Item[];
  readonly d1: Item[];
  readonly queues: Item[];
  readonly buckets: Map<string, { rules: unknown[] }>;
  readonly jobs: Item[];
  readonly secrets: Map<string, Map<string, string>>;
  readonly settings: Map<string, Item>;
}

const ACCOUNT = "0123456789abcdef0123456789abcdef";

/** Cloudflare's API as far as this command speaks it: the envelope, the token, and the fields that each call must have. */
export async function startFakeCloudflare(): Promise<FakeCloudflare> {
  const token = "right-token";
  const calls: string[] = [];
  const failures: FakeCloudflare["failures"] = [];
  const forbidden: RegExp[] = [];
  const state: State = { kv: [], d1: [], queues: [], buckets: new Map(), jobs: [], secrets: new Map(), settings: new Map() };
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? "/", "http://x");
      const path = url.pathname.replace(`/client/v4/accounts/${ACCOUNT}`, "");
      const method = request.method ?? "GET";
      calls.push(`${method} ${path}`);
      const send = (status: number, result: unknown, message = ""): void => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(
          JSON.stringify({
            success: status < 300,
            errors: message === "" ? [] : [{ code: 10_000, message }],
            messages: [],
            result,
          }),
        );
      };
      if (request.headers.authorization !== `Bearer ${token}`) return send(401, null, "Authentication error");
      if (!url.pathname.startsWith(`/client/v4/accounts/${ACCOUNT}/`)) return send(403, null, "account not allowed");
      if (forbidden.some((pattern) => pattern.test(path))) return send(403, null, "Authentication error");
      const failure = failures.shift();
      if (failure) {
        response.writeHead(failure.status, failure.headers);
        response.end("upstream says no");
        return;
      }
      const { status, result, message } = answerTo(state, method, path, url.searchParams, await bodyOf(request));
      send(status, result, message);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}/client/v4`,
    token,
    calls,
    state,
    failures,
    forbidden,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export const FAKE_ACCOUNT: string = ACCOUNT;

interface Answer {
  readonly status: number;
  readonly result: unknown;
  readonly message?: string;
}

function answerTo(state: State, method: string, path: string, query: URLSearchParams, body: Item): Answer {
  const ok = (result: unknown): Answer => ({ status: 200, result });
  const bad = (message: string): Answer => ({ status: 400, result: null, message });
  const lacking = (...fields: string[]): string | undefined =>
    fields.find((field) => body[field] === undefined || body[field] === "");
  const made = (list: Item[], field: string, idName: string, extra: Item = {}): Answer => {
    const lacks = lacking(field);
    if (lacks !== undefined) return bad(`${lacks} is required`);
    if (list.some((item) => item[field] === body[field]))
      return { status: 409, result: null, message: `${String(body[field])} already exists` };
    const item = { ...extra, [field]: body[field], [idName]: `${idName}-${String(body[field])}` };
    list.push(item);
    return ok(item);
  };
  const [, bucketName = "", isLifecycle] = /^\/r2\/buckets\/([\w-]+)(\/lifecycle)?$/.exec(path) ?? [];
  const [, jobId] = /^\/logpush\/jobs\/(\d+)$/.exec(path) ?? [];
  const [, script = "", what = ""] = /^\/workers\/scripts\/([\w-]+)\/(secrets|settings)$/.exec(path) ?? [];
  if (path === "/storage/kv/namespaces") return method === "GET" ? ok(state.kv) : made(state.kv, "title", "id");
  if (path === "/d1/database")
    return method === "GET"
      ? ok(state.d1.filter((item) => String(item["name"]).includes(query.get("name") ?? "")))
      : made(state.d1, "name", "uuid");
  if (path === "/queues") return method === "GET" ? ok(state.queues) : made(state.queues, "queue_name", "queue_id");
  if (path === "/r2/buckets" && method === "POST") {
    const lacks = lacking("name");
    if (lacks !== undefined) return bad(`${lacks} is required`);
    state.buckets.set(String(body["name"]), {
      rules: [{ id: "Default Multipart Abort Rule", enabled: true, conditions: { prefix: "" } }],
    });
    return ok({ name: body["name"] });
  }
  if (bucketName !== "") {
    const bucket = state.buckets.get(bucketName);
    if (!bucket) return { status: 404, result: null, message: "The specified bucket does not exist." };
    if (isLifecycle === undefined) return ok({ name: bucketName });
    if (method === "GET") return ok({ rules: bucket.rules });
    const rules = body["rules"];
    if (
      !Array.isArray(rules) ||
      rules.some((rule: Item) => rule["id"] === undefined || rule["enabled"] === undefined || rule["conditions"] === undefined)
    )
      return bad("rules[].id, enabled and conditions are required");
    bucket.rules = rules;
    return ok(null);
  }
  if (path === "/logpush/jobs" && method === "GET") return ok(state.jobs);
  if (path === "/logpush/jobs" || jobId !== undefined) {
    const lacks = jobId === undefined ? lacking("dataset", "destination_conf", "output_options") : lacking("destination_conf");
    if (lacks !== undefined) return bad(`${lacks} is required`);
    if (!/^r2:\/\/[\w-]+\/.*account-id=.+access-key-id=.+secret-access-key=.+/.test(String(body["destination_conf"])))
      return bad("destination_conf is not valid");
    if (body["filter"] !== undefined && typeof body["filter"] !== "string") return bad("filter must be a JSON string");
    const told = {
      ...body,
      destination_conf: String(body["destination_conf"]).replace(/secret-access-key=[^&]+/, "secret-access-key=REDACTED"),
    };
    if (jobId === undefined) state.jobs.push({ id: state.jobs.length + 1, ...told });
    else {
      if (body["dataset"] !== undefined || body["name"] !== undefined) return bad("name and dataset cannot be changed");
      Object.assign(state.jobs.find((job) => job["id"] === Number(jobId)) ?? {}, told);
    }
    return ok(told);
  }
  if (what === "secrets") {
    const secrets = state.secrets.get(script) ?? new Map<string, string>();
    state.secrets.set(script, secrets);
    if (method === "GET") return ok([...secrets.keys()].map((name) => ({ name, type: "secret_text" })));
    const lacks = lacking("name", "text", "type");
    if (lacks !== undefined) return bad(`${lacks} is required`);
    secrets.set(String(body["name"]), String(body["text"]));
    return ok({ name: body["name"], type: "secret_text" });
  }
  if (what === "settings")
    return state.settings.has(script)
      ? ok(state.settings.get(script))
      : { status: 404, result: null, message: "This Worker does not exist" };
  return { status: 404, result: null, message: `no route ${method} ${path}` };
}

async function bodyOf(request: IncomingMessage): Promise<Item> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === "" ? {} : (JSON.parse(text) as Item);
}
