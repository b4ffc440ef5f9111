/** A page of a few sentences, with a form that asks for a name where one is given. Everything is escaped; nothing runs. */
export function page(status: number, title: string, lines: readonly string[], form?: { label: string }): Response {
  const body = [
    `<h1>${escapeHtml(title)}</h1>`,
    ...lines.map((line) => `<p>${escapeHtml(line)}</p>`),
    ...(form ? [formHtml(form.label)] : []),
  ].join("");
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>${STYLE}</style>`;
  return new Response(`<!doctype html><html lang="en"><head>${head}</head><body><main>${body}</main></body></html>`, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "content-security-policy":
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    },
  });
}

/** Text that means nothing to a browser. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const STYLE =
  "body{font:16px/1.5 system-ui;margin:0;color-scheme:light dark}main{max-width:32rem;margin:3rem auto;padding:0 1rem}input,button{font:inherit;padding:.5rem;width:100%;box-sizing:border-box;margin-top:.5rem}";

/** Posts to the very address of the page, which carries the signature. */
function formHtml(label: string): string {
  return `<form method="post"><label>Your name<input name="by" required maxlength="100" autocomplete="name"></label><button>${escapeHtml(label)}</button></form>`;
}
