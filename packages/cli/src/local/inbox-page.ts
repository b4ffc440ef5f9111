import type { InboxMessage } from "./inbox-message.ts";

/** The page that shows what each channel received, newest first, byte for byte. */
export function inboxPage(messages: readonly InboxMessage[]): string {
  const shown = [...messages].reverse().map(article).join("\n");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="5">
<title>Inbox (${messages.length})</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color-scheme: light dark; }
  article { border-left: 4px solid; margin: 1.5rem 0; padding-left: 1rem; }
  .slack { border-color: #4a154b; } .pagerduty { border-color: #06ac38; } .email { border-color: #1a73e8; }
  h2 { font-size: 1rem; margin: 0; }
  pre { overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
</style>
<h1>Inbox</h1>
<p>What Slack, PagerDuty and email would have received, byte for byte. As JSON: <a href="/inbox.json">/inbox.json</a></p>
${shown === "" ? "<p>Nothing yet.</p>" : shown}
</html>
`;
}

/** Text that reads in HTML exactly as it is. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.codePointAt(0)};`);
}

function article({ channel, at, body }: InboxMessage): string {
  // HTML drops the first line break inside <pre>, so one is put there for it to drop.
  return `<article class="${channel}"><h2>${channel} <time>${escapeHtml(at)}</time></h2><pre>\n${escapeHtml(body)}</pre></article>`;
}
