import type { CloudflareApi } from "../cloudflare/api.ts";
import { SECRETS } from "../deploy/secrets.ts";
import { UserError } from "../io.ts";
import type { Json } from "../json.ts";
import { objectsAt, textAt } from "../json.ts";
import type { EnvironmentResources } from "../resources.ts";
import type { Plan } from "../init/wanted.ts";
import type { Finding } from "./finding.ts";

/** What the account says: the workers of the monitoring, their secrets, Access, Logpush. A part that the token may not read is told, not guessed. */
export async function checkAccount(api: CloudflareApi, names: EnvironmentResources, plan: Plan): Promise<Finding[]> {
  const parts = [
    secretsOf(api, "evaluator", names.evaluator),
    secretsOf(api, "dashboard", names.dashboard),
    accessOf(api, names),
  ];
  if (plan === "paid") parts.push(logpushOf(api, names));
  return (await Promise.all(parts)).flat();
}

async function secretsOf(api: CloudflareApi, app: "evaluator" | "dashboard", worker: string): Promise<Finding[]> {
  return readable("secrets", async () => {
    const answer = await api.call({ method: "GET", path: `/workers/scripts/${worker}/secrets` });
    if (answer === undefined)
      return [
        {
          level: app === "evaluator" ? "problem" : "warning",
          area: "deploy",
          what: `there is no worker ${worker} in this account`,
          fix: "monotask deploy",
        },
      ];
    const there = objectsAt({ answer }, "answer").map((secret) => textAt(secret, "name"));
    return SECRETS.filter(({ apps }) => apps.includes(app)).map(({ name, without }): Finding => {
      if (there.includes(name)) return { level: "ok", area: "secrets", what: `${worker} has ${name}` };
      return {
        level: name.endsWith("_TOKEN") ? "problem" : "warning",
        area: "secrets",
        what: `${worker} has no ${name}: ${without}`,
        fix: `npx wrangler secret put ${name} --name ${worker}`,
      };
    });
  });
}

async function accessOf(api: CloudflareApi, { dashboard }: EnvironmentResources): Promise<Finding[]> {
  return readable("Access", async () => {
    const apps = objectsAt({ apps: (await api.call({ method: "GET", path: "/access/apps" })) ?? [] }, "apps");
    const isGuarded = apps.some((app) => (textAt(app, "domain") ?? "").includes(dashboard) || textAt(app, "name") === dashboard);
    return [
      isGuarded
        ? { level: "ok", area: "Access", what: `${dashboard} has an Access application` }
        : {
            level: "problem",
            area: "Access",
            what: `no Access application guards ${dashboard}: it answers 403 to everyone`,
            fix: `Workers & Pages → ${dashboard} → Settings → Access, then monotask deploy --var ACCESS_TEAM_DOMAIN=… --var ACCESS_AUD=…`,
          },
    ];
  });
}

async function logpushOf(api: CloudflareApi, { logpushJob }: EnvironmentResources): Promise<Finding[]> {
  return readable("Logpush", async () => {
    const job = objectsAt({ jobs: (await api.call({ method: "GET", path: "/logpush/jobs" })) ?? [] }, "jobs").find(
      (one) => one["name"] === logpushJob,
    );
    if (!job)
      return [
        {
          level: "problem",
          area: "Logpush",
          what: `there is no Logpush job ${logpushJob}: logs are not kept`,
          fix: "monotask logpush apply",
        },
      ];
    const error = textAt(job, "error_message");
    if (job["enabled"] !== true || (error !== undefined && error !== ""))
      return [
        {
          level: "problem",
          area: "Logpush",
          what: `Logpush job ${logpushJob} is off${error === undefined ? "" : `: ${error}`}`,
          fix: "monotask logpush apply",
        },
      ];
    return [{ level: "ok", area: "Logpush", what: `Logpush job ${logpushJob} is on` }];
  });
}

/** What was found; a part that cannot be read is a finding too, and the rest is still looked at. */
export async function readable(area: string, read: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [
      {
        level: "warning",
        area,
        what: `not looked at: ${error.message}`,
        fix: "monotask doctor --tokens lists what a token needs",
      },
    ];
  }
}

/** Who needs which permissions. The workers of the applications hold no token at all. */
export const TOKEN_NEEDS: readonly {
  readonly who: string;
  readonly variable: string;
  readonly permissions: readonly string[];
}[] = [
  {
    who: "deploy",
    variable: "CLOUDFLARE_API_TOKEN",
    permissions: [
      "Workers Scripts: Edit",
      "Workers KV Storage: Edit",
      "D1: Edit",
      "Queues: Edit",
      "Workers R2 Storage: Edit",
      "Logs: Edit (paid plan)",
      "Access: Apps and Policies: Read (doctor)",
    ],
  },
  { who: "evaluator", variable: "ANALYTICS_API_TOKEN", permissions: ["Account Analytics: Read"] },
  { who: "dashboard", variable: "ANALYTICS_API_TOKEN", permissions: ["Account Analytics: Read"] },
  { who: "CI", variable: "CLOUDFLARE_API_TOKEN", permissions: ["Workers Scripts: Edit", "D1: Edit"] },
  { who: "your workers", variable: "none", permissions: [] },
];

const PROBES: readonly (readonly [string, string])[] = [
  ["Workers Scripts", "/workers/scripts"],
  ["Workers KV Storage", "/storage/kv/namespaces"],
  ["D1", "/d1/database"],
  ["Queues", "/queues"],
  ["Workers R2 Storage", "/r2/buckets"],
  ["Logs", "/logpush/jobs"],
];

/** What a token that should only read analytics can reach besides: each is one too many. */
export async function excessOf(api: CloudflareApi, variable: string): Promise<Finding[]> {
  const reached = await Promise.all(PROBES.map(async ([name, path]) => ((await reaches(api, path)) ? name : undefined)));
  const excess = reached.filter((name) => name !== undefined);
  return [
    excess.length === 0
      ? { level: "ok", area: "tokens", what: `${variable} reaches nothing besides analytics` }
      : {
          level: "problem",
          area: "tokens",
          what: `${variable} also reaches ${excess.join(", ")}`,
          fix: "make a token with Account Analytics: Read alone, and set it again on evaluator and dashboard",
        },
  ];
}

async function reaches(api: CloudflareApi, path: string): Promise<boolean> {
  try {
    const answer: Json | undefined = await api.call({ method: "GET", path });
    return answer !== undefined;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
