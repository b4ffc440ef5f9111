import { Link } from "../parts/link.tsx";
import { LiveQuery } from "../parts/live-query.tsx";
import { CodeBlock, Markdown } from "../parts/markdown.tsx";
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
            <ul class="lines lines-named">
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

interface RunbookPageData {
  readonly name: string;
  readonly owner: string;
  readonly updated: string;
  readonly escalation: readonly {
    readonly level: number;
    readonly who: string;
    readonly respondWithinMinutes: number;
    readonly duties: string;
  }[];
  readonly text: string;
}

/** One runbook as written, with its queries answered for the chosen range. */
export function RunbookPage({ name }: { name: string }) {
  const loaded = useRead<RunbookPageData>(`/api/runbooks/${encodeURIComponent(name)}`, 0);
  return (
    <section class="panel prose">
      <Show loaded={loaded} what={`The runbook ${name}`}>
        {({ text, owner, updated, escalation }) => (
          <>
            <Markdown
              text={text}
              renderStep={({ number, lang, text: source }) =>
                lang === "yaml monotask-query" ? (
                  <LiveQuery runbook={name} step={number} source={source} />
                ) : (
                  <CodeBlock text={source} lang={`step ${number}${lang.endsWith("change") ? " · changes something" : ""}`} />
                )
              }
            />
            <h3>Who is asked, and when</h3>
            <ol>
              {escalation.map(({ level, who, respondWithinMinutes, duties }) => (
                <li key={level}>
                  <b>{who}</b>, within {respondWithinMinutes} min: {duties}
                </li>
              ))}
            </ol>
            <p class="muted">
              Owner {owner} · updated {updated}
            </p>
          </>
        )}
      </Show>
    </section>
  );
}
