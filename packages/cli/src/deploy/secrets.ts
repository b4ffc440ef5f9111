import type { CloudflareApi } from "../cloudflare/api.ts";
import type { Io } from "../io.ts";
import { isJsonObject } from "../json.ts";
import type { BundledApp } from "./bundle.ts";

interface Secret {
  readonly name: string;
  readonly asks: string;
  /** Without it the app works less; what then lacks. */
  readonly without: string;
  readonly apps: readonly BundledApp[];
}

/** Secrets by app; none is needed for a deploy to succeed. The applications' own workers hold none. */
export const SECRETS: readonly Secret[] = [
  {
    name: "ANALYTICS_API_TOKEN",
    asks: "Cloudflare API token with Account Analytics Read",
    without: "nothing can be measured",
    apps: ["evaluator", "dashboard"],
  },
  {
    name: "MONOTASK_API_TOKEN",
    asks: "token for /api/v1 (empty: a random one is made)",
    without: "the API answers 403",
    apps: ["evaluator", "dashboard"],
  },
  {
    name: "SLACK_WEBHOOK_URL",
    asks: "Slack incoming webhook (empty: no Slack)",
    without: "Slack is not told",
    apps: ["evaluator"],
  },
  {
    name: "PAGERDUTY_ROUTING_KEY",
    asks: "PagerDuty integration key (empty: no PagerDuty)",
    without: "PagerDuty is not told",
    apps: ["evaluator"],
  },
];

/** Sets the secrets of a worker that it does not have: from the environment, else asked for. Values are never printed, except a made one, once. */
export async function setSecrets(
  io: Io,
  api: CloudflareApi,
  app: BundledApp,
  worker: string,
  known: Map<string, string>,
): Promise<void> {
  const path = `/workers/scripts/${worker}/secrets`;
  const answer = await api.call({ method: "GET", path });
  const there = new Set(
    Array.isArray(answer) ? answer.map((secret: unknown) => (isJsonObject(secret) ? secret["name"] : undefined)) : [],
  );
  for (const { name, asks, without, apps } of SECRETS) {
    if (!apps.includes(app) || (there.has(name) && !known.has(name))) continue;
    const given = known.get(name) ?? io.env[name] ?? (await io.ask(`${name}: ${asks}:`, "secret"));
    const text = given === "" && name === "MONOTASK_API_TOKEN" ? madeToken(io) : given;
    if (text === undefined || text === "") {
      io.out(`  not set  ${name} of ${worker}: ${without}. Set it: npx wrangler secret put ${name} --name ${worker}`);
      continue;
    }
    await api.call({ method: "PUT", path, body: { name, text, type: "secret_text" } });
    known.set(name, text);
    io.out(`  set      secret ${name} of ${worker}`);
  }
}

function madeToken(io: Io): string {
  const token = [...crypto.getRandomValues(new Uint8Array(24))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  io.out(`  made     MONOTASK_API_TOKEN=${token} (shown once: put it into your password store)`);
  return token;
}
