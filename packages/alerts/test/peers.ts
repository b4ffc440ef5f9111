import type { ChannelDeps } from "../src/index.ts";

/** A request that a channel made. */
export interface Request {
  url: string;
  body: unknown;
  redirect: string | undefined;
}

/** Channel dependencies whose peers answer as told, and what was asked of them. */
export function peersAnswering(
  answer: () => Response | Promise<Response>,
  fields: Partial<ChannelDeps> = {},
): { deps: ChannelDeps; requests: Request[] } {
  const requests: Request[] = [];
  const deps: ChannelDeps = {
    settings: {
      slackWebhookUrl: "https://hooks.slack.example/services/canary",
      pagerDutyRoutingKey: "c0ffee00c0ffee00c0ffee00c0ffee00",
      alertEmail: "alerts@monotask.dev",
      allowLoopback: false,
    },
    async fetch(url, init) {
      requests.push({ url, body: typeof init.body === "string" ? JSON.parse(init.body) : undefined, redirect: init.redirect });
      return answer();
    },
    write: () => undefined,
    timeoutMs: 10_000,
    ...fields,
  };
  return { deps, requests };
}
