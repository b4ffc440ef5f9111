import { useState } from "preact/hooks";
import { figureText } from "../figures.ts";
import { useRead } from "../read.ts";
import { dataQuery } from "../time.ts";
import { useView } from "../viewer.ts";
import { Show, State } from "./states.tsx";

interface Reading {
  readonly columns: readonly { readonly name: string; readonly unit?: string }[];
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  readonly sentence: string;
  readonly isCause: boolean;
}

/** A query of a runbook with its answer for the chosen range: what it says first, the rows under it. */
export function LiveQuery({ runbook, step, source }: { runbook: string; step: number; source: string }) {
  const { turn, range, place } = useView();
  const [isSource, setSource] = useState(false);
  const loaded = useRead<Reading>(`/api/runbooks/${runbook}/steps/${step}?${dataQuery(range, place)}`, turn);
  return (
    <div class="live" data-step={step}>
      <div class="code-head">
        <span class="muted">step {step} · live</span>
        <button type="button" class="button button-quiet" aria-expanded={isSource} onClick={() => setSource(!isSource)}>
          Query
        </button>
      </div>
      {isSource && <pre tabIndex={0}>{source}</pre>}
      <Show loaded={loaded} what="The answer">
        {({ sentence, isCause, columns, rows }) => (
          <>
            <p class="live-says">
              <State name={isCause ? "warning" : "info"}>{isCause ? "likely cause" : "reading"}</State>{" "}
              <Sentence text={sentence} />
            </p>
            {rows.length > 0 && (
              <div class="scroll" tabIndex={0} role="region" aria-label={`rows of step ${step}`}>
                <table class="table">
                  <thead>
                    <tr>
                      {columns.map(({ name, unit }) => (
                        <th scope="col" key={name} class={unit === undefined ? "" : "number"}>
                          {headOf(name)}
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>
                    {rows.map((row, at) => (
                      <tr key={at}>
                        {columns.map(({ name, unit }) => (
                          <td key={name} class={unit === undefined ? "" : "number"}>
                            {cellText(row[name], unit)}
                          </td>
                        ))}
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </>
        )}
      </Show>
    </div>
  );
}

/** `failure_ratio` and `errorName` as words. */
function headOf(column: string): string {
  return column
    .replaceAll("_", " ")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
}

function cellText(value: string | number | undefined, unit: string | undefined): string {
  if (typeof value !== "number") return value ?? "";
  return figureText(value, unit === "ms" ? "ms" : unit === "ratio" ? "percent" : unit === "bytes" ? "bytes" : "count");
}

/** What stands between backquotes is code. */
function Sentence({ text }: { text: string }) {
  return <>{text.split("`").map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part))}</>;
}
