import { Link } from "../parts/link.tsx";
import { Markdown } from "../parts/markdown.tsx";
import { Empty, Show } from "../parts/states.tsx";
import { useRead } from "../read.ts";
import { useView } from "../viewer.ts";

interface RunbookItem {
  readonly name: string;
  readonly title: string;
  readonly when?: string;
}

/** What to do, by symptom. */
export function RunbooksPage() {
  const { turn } = useView();
  const loaded = useRead<{ runbooks: readonly RunbookItem[] }>("/api/runbooks", turn);
  return (
    <section class="panel" aria-labelledby="runbooks">
      <header class="panel-head">
        <h2 id="runbooks">Runbooks</h2>
      </header>
      <Show loaded={loaded} what="Runbooks" height={96}>
        {({ runbooks }) =>
          runbooks.length === 0 ? (
            <Empty title="No runbook is part of this build">Runbooks are the Markdown files in runbooks/.</Empty>
          ) : (
            <ul class="lines">
              {runbooks.map(({ name, title, when }) => (
                <li key={name}>
                  <Link to={`/runbooks/${name}`}>{title}</Link>
                  {when !== undefined && <span class="muted">{when}</span>}
                </li>
              ))}
            </ul>
          )
        }
      </Show>
    </section>
  );
}

/** One runbook, as written. */
export function RunbookPage({ name }: { name: string }) {
  const { turn } = useView();
  const loaded = useRead<{ name: string; title: string; text: string }>(`/api/runbooks/${encodeURIComponent(name)}`, turn);
  return (
    <section class="panel prose">
      <Show loaded={loaded} what={`The runbook ${name}`}>
        {({ text }) => <Markdown text={text} />}
      </Show>
    </section>
  );
}
