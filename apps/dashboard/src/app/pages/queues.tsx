import { useState } from "preact/hooks";
import { SectionPanels } from "../panels/section.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Empty, Show } from "../parts/states.tsx";
import { postAction, useRead } from "../read.ts";
import { timeText } from "../time.ts";
import { useView } from "../viewer.ts";

interface DeadLetter {
  readonly id: string;
  readonly queue: string;
  readonly state: string;
  readonly deadAtMs: number;
  readonly attempts: number;
  readonly reason: string;
  readonly errorName: string;
  readonly errorMessage: string;
  readonly preview: string;
  readonly redrives: number;
}

/** Backlog, rates, and the messages that need a person. */
export function QueuesPage() {
  const { dashboard } = useView();
  const section = dashboard.sections.find(({ id }) => id === "queue-metrics");
  return (
    <>
      <DeadLetters />
      {section !== undefined && <SectionPanels section={section} />}
    </>
  );
}

function DeadLetters() {
  const { turn, nowMs, me, say, refresh } = useView();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const loaded = useRead<{ letters: readonly DeadLetter[]; total: number }>(
    "/api/evaluator/queues/dlq?state=stored&limit=200",
    turn,
  );
  return (
    <section class="panel" aria-labelledby="dead">
      <header class="panel-head">
        <h2 id="dead">Dead letters</h2>
      </header>
      <Show loaded={loaded} what="Dead letters" height={96}>
        {({ letters: messages, total }) => {
          if (messages.length === 0)
            return <Empty title="No message waits for a person">Messages come here after their last retry.</Empty>;
          const queues = [...new Set(messages.map(({ queue }) => queue))];
          const own = messages.filter(({ id }) => chosen.has(id));
          return (
            <>
              <div class="scroll" tabIndex={0} role="region" aria-label="Dead letters">
                <table class="table">
                  <thead>
                    <tr>
                      <th scope="col">choose</th>
                      <th scope="col">queue</th>
                      <th scope="col">why</th>
                      <th scope="col">attempts</th>
                      <th scope="col">died</th>
                    </tr>
                  </thead>
                  <tbody>
                    {messages.map((message) => (
                      <tr key={message.id}>
                        <td>
                          <input
                            type="checkbox"
                            aria-label={`choose ${message.id}`}
                            checked={chosen.has(message.id)}
                            onChange={() => {
                              const next = new Set(chosen);
                              if (!next.delete(message.id)) next.add(message.id);
                              setChosen(next);
                            }}
                          />
                        </td>
                        <td>{message.queue}</td>
                        <td>
                          <code>
                            {message.errorName}: {message.errorMessage}
                          </code>
                          <div class="muted">
                            {message.reason} · {message.preview}
                          </div>
                        </td>
                        <td class="number">{message.attempts}</td>
                        <td>{timeText(message.deadAtMs, nowMs)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              {total > messages.length && <p class="muted">{total - messages.length} older ones are not listed</p>}
              {me.role === "operator" && (
                <div class="actions">
                  {queues.map((queue) => {
                    const ids = own.filter((message) => message.queue === queue).map(({ id }) => id);
                    const what = ids.length === 0 ? `all of ${queue}` : `${ids.length} of ${queue}`;
                    return (
                      <Confirm
                        key={queue}
                        label={`Redrive ${what}`}
                        question="Send them to their queue again? Each is sent once; what fails again comes back here."
                        act={async () => {
                          await postAction({ action: "redrive", queue, ...(ids.length > 0 && { ids }) });
                          say("Redrive has begun");
                          setChosen(new Set());
                          refresh();
                        }}
                      />
                    );
                  })}
                </div>
              )}
            </>
          );
        }}
      </Show>
    </section>
  );
}
