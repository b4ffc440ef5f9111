import { SectionPanels } from "../panels/section.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Empty, Show, State } from "../parts/states.tsx";
import { postAction, useRead } from "../read.ts";
import { spanText } from "../time.ts";
import { useView } from "../viewer.ts";

interface SandboxItem {
  readonly id: string;
  readonly pool: string;
  readonly status: string;
  readonly owner: string;
  readonly workerName: string;
  readonly acquiredAtMs: number;
  readonly lastFailure: string | null;
}

/** Who holds a place, for how long, and what is stuck. */
export function SandboxesPage() {
  const { dashboard, turn, nowMs, me, say, refresh } = useView();
  const loaded = useRead<{ sandboxes: readonly SandboxItem[] }>("/api/evaluator/sandboxes", turn);
  const section = dashboard.sections.find(({ id }) => id === "sandbox-metrics");
  return (
    <>
      <section class="panel" aria-labelledby="active">
        <header class="panel-head">
          <h2 id="active">Sandboxes now</h2>
        </header>
        <Show loaded={loaded} what="Sandboxes" height={96}>
          {({ sandboxes }) =>
            sandboxes.length === 0 ? (
              <Empty title="No sandbox is active" />
            ) : (
              <ul class="lines">
                {sandboxes.map((sandbox) => {
                  return (
                    <li key={sandbox.id}>
                      <State name={sandbox.status === "stuck" ? "critical" : "ok"}>{sandbox.status}</State>
                      <code>{sandbox.id}</code>
                      <span class="muted">
                        {sandbox.pool} · {sandbox.owner} · for {spanText(nowMs - sandbox.acquiredAtMs)}{" "}
                        {sandbox.lastFailure ?? ""}
                      </span>
                      {me.role === "operator" && (
                        <Confirm
                          label="Clean up"
                          question="Destroy this sandbox and give its place back?"
                          act={async () => {
                            await postAction({ action: "clean-up-sandbox", id: sandbox.id });
                            say("Cleaned up");
                            refresh();
                          }}
                        />
                      )}
                    </li>
                  );
                })}
              </ul>
            )
          }
        </Show>
      </section>
      {section !== undefined && <SectionPanels section={section} />}
    </>
  );
}
