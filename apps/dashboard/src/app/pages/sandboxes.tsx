import type { PoolStatus } from "@monotask/sandbox";
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
  const loaded = useRead<{ sandboxes: readonly SandboxItem[]; pools?: readonly PoolStatus[] }>("/api/evaluator/sandboxes", turn);
  const section = dashboard.sections.find(({ id }) => id === "sandbox-metrics");
  return (
    <>
      <section class="panel" aria-labelledby="active">
        <header class="panel-head">
          <h2 id="active">Sandboxes now</h2>
        </header>
        {loaded.state === "ready" && <Pools pools={loaded.data.pools ?? []} />}
        <Show loaded={loaded} what="Sandboxes" height={96}>
          {({ sandboxes }) =>
            sandboxes.length === 0 ? (
              <Empty title="No sandbox is active">
                They are listed from taking a place of their pool until they give it back.
              </Empty>
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

/** How each pool stands; those that are stuck can be cleaned up together. */
function Pools({ pools }: { pools: readonly PoolStatus[] }) {
  const { me, say, refresh } = useView();
  return (
    <ul class="pools">
      {pools.map(({ pool, capacity, active, stuck, waiting, oldestWaitMs }) => (
        <li key={pool} data-pool={pool}>
          <State name={stuck > 0 ? "critical" : active >= capacity ? "warning" : "ok"}>
            {stuck > 0 ? `${stuck} stuck` : active >= capacity ? "full" : "has room"}
          </State>{" "}
          <b>{pool}</b> {active} of {capacity} taken
          {waiting > 0 && `, ${waiting} waiting, the longest for ${spanText(oldestWaitMs)}`}
          {stuck > 0 && me.role === "operator" && (
            <Confirm
              label={`Clean up all ${stuck} stuck`}
              question={`Destroy every stuck sandbox of ${pool} and give their places back?`}
              act={async () => {
                await postAction({ action: "clean-up-stuck", pool });
                say("Cleaned up");
                refresh();
              }}
            />
          )}
        </li>
      ))}
    </ul>
  );
}
