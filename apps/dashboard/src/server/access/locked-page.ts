import type { Admission } from "./visitor.ts";

const HOW = `This dashboard is locked until you say who may come in. Either
  1. protect the Worker itself: Workers & Pages, monotask-dashboard, Settings, Domains & Routes, enable Cloudflare Access; or
  2. put an Access application in front of it, and set ACCESS_TEAM_DOMAIN (such as example.cloudflareaccess.com) and ACCESS_AUD
     (the application's audience tag) in apps/dashboard/wrangler.jsonc.
Then name who may acknowledge, silence and redrive in OPERATORS. Everyone else only looks.
`;

/** What someone is told who does not come in: nothing of what is inside. */
export function refusal(admission: Exclude<Admission, { kind: "admitted" }>): Response {
  const text = admission.kind === "locked" ? HOW : `You may not come in: ${admission.why}.\n`;
  return new Response(text, { status: 403, headers: { "content-type": "text/plain; charset=utf-8" } });
}
