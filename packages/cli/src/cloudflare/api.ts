import { fetchFailure } from "../fetch-failure.ts";
import { UserError } from "../io.ts";
import type { Io } from "../io.ts";
import { isJsonObject, textAt } from "../json.ts";
import type { Json } from "../json.ts";

/** One call of Cloudflare's API, below `/accounts/<id>`. */
export interface ApiCall {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: Json;
}

export interface CloudflareApi {
  readonly accountId: string;
  /** The `result` of the answer; undefined for 404. @throws UserError with what lacks: a token, a permission, a field */
  call(call: ApiCall): Promise<Json | undefined>;
}

const BASE_URL = "https://api.cloudflare.com/client/v4";
const TIMEOUT_MS = 30_000;
const MOST_ATTEMPTS = 4;

/** What a token must hold for a path: the words of the dashboard's list. */
const PERMISSIONS: readonly (readonly [RegExp, string])[] = [
  [/^\/storage\/kv/, "Workers KV Storage: Edit"],
  [/^\/d1/, "D1: Edit"],
  [/^\/queues/, "Queues: Edit"],
  [/^\/r2/, "Workers R2 Storage: Edit"],
  [/^\/logpush/, "Logs: Edit"],
  [/^\/workers/, "Workers Scripts: Edit"],
  [/^\/access/, "Access: Apps and Policies: Read"],
];

/** @throws UserError where the account or the token is not named */
export function cloudflareApi(io: Io): CloudflareApi {
  const accountId = required(io, "CLOUDFLARE_ACCOUNT_ID", "the account's id (npx wrangler whoami)");
  const token = required(io, "CLOUDFLARE_API_TOKEN", "an API token; monotask doctor --tokens lists its permissions");
  const base = io.env["CLOUDFLARE_API_BASE_URL"] ?? BASE_URL;
  return {
    accountId,
    async call({ method, path, body }) {
      for (let attempt = 1; ; attempt += 1) {
        const response = await answer(io, `${base}/accounts/${accountId}${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        if ((response.status === 429 || response.status >= 500) && attempt < MOST_ATTEMPTS) {
          await io.sleep(1_000 * Math.min(30, Number(response.headers.get("retry-after") ?? 2 ** attempt)));
          continue;
        }
        return resultOf(response.status, await response.text(), { method, path });
      }
    },
  };
}

function resultOf(status: number, text: string, { method, path }: ApiCall): Json | undefined {
  const json = parsed(text);
  if (status === 404) return undefined;
  const words = messagesOf(json) || text.slice(0, 200).trim();
  if (status === 401)
    throw new UserError(`Cloudflare refused CLOUDFLARE_API_TOKEN (401): ${words || "it is wrong or has ended"}`);
  if (status === 403) {
    const permission = PERMISSIONS.find(([pattern]) => pattern.test(path))?.[1] ?? "more permissions";
    throw new UserError(`CLOUDFLARE_API_TOKEN may not ${method} ${path} (403): give it ${permission} for this account`);
  }
  if (status < 200 || status > 299) throw new UserError(`Cloudflare answered ${status} to ${method} ${path}: ${words}`);
  if (!isJsonObject(json)) throw new UserError(`Cloudflare answered ${method} ${path} with something that is not JSON`);
  return json["result"] ?? null;
}

async function answer(io: Io, url: string, init: RequestInit): Promise<Response> {
  try {
    return await io.fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    throw new UserError(`Cloudflare's API does not answer (${fetchFailure(error)})`);
  }
}

function messagesOf(json: Json | undefined): string {
  const errors = isJsonObject(json) ? json["errors"] : undefined;
  if (!Array.isArray(errors)) return "";
  return (errors as readonly Json[])
    .map((error) => textAt(error, "message") ?? "")
    .filter((message) => message !== "")
    .join("; ");
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function required(io: Io, name: string, what: string): string {
  const value = io.env[name];
  if (value === undefined || value === "") throw new UserError(`${name} is not set: give it ${what}`);
  return value;
}
