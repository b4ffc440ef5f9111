import type { ComponentChildren } from "preact";
import { go, hrefOf } from "../location.ts";

/** A link within the app: keeps the time range, opens in a new tab as links do. */
export function Link({
  to,
  changes = {},
  class: name,
  children,
  current,
}: {
  to: string;
  changes?: Readonly<Record<string, string | undefined>>;
  class?: string;
  children: ComponentChildren;
  current?: boolean;
}) {
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to, changes);
    scrollTo(0, 0);
  };
  return (
    <a href={hrefOf(to, changes)} class={name} onClick={follow} {...(current === true && { "aria-current": "page" as const })}>
      {children}
    </a>
  );
}

/** Copies text, and says so. */
export function CopyButton({ text, label, say }: { text: string; label: string; say: (text: string) => void }) {
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => say(`${label}: copied`),
      () => say("The browser did not allow copying"),
    );
  };
  return (
    <button type="button" class="button button-quiet" onClick={copy}>
      {label}
    </button>
  );
}
