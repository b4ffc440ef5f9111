import { useState } from "preact/hooks";
import { inParts } from "../in-parts.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Link } from "../parts/link.tsx";
import { Empty, Show } from "../parts/states.tsx";
import { postAction, useRead } from "../read.ts";
import { spanText, timeText, utcText } from "../time.ts";
import { useView } from "../viewer.ts";

interface DeadLetter {
  readonly id: string;
  readonly queue: string;
  readonly state: string;
  readonly sentAtMs: number;
  readonly deadAtMs: number;
  readonly attempts: number;
  readonly reason: string;
  readonly errorName: string;
  readonly errorMessage: string;
  readonly fingerprint: string;
  readonly preview: string;
  readonly bodyBytes: number;
  readonly redrives: number;
}

interface Letters {
  readonly letters: readonly DeadLetter[];
  readonly total: number;
}

/** Why a message died, for people. */
const REASONS: Readonly<Record<string, string>> = {
  "last-attempt": "failed on its last attempt",
  "same-failure": "failed the same way each time",
  "given-up": "its consumer gave it up",
  unknown: "died before anyone saw why",
};

/** The messages that need a person: read, sent again, or discarded. */
export function DeadLetters() {
  const { turn, place } = useView();
  const queue = place.query["queue"];
  const wanted = new URLSearchParams({ state: "stored", limit: "200", ...(queue !== undefined && { queue }) });
  const loaded = useRead<Letters>(`/api/evaluator/queues/dlq?${wanted.toString()}`, turn);
  return (
    <section class="panel" aria-labelledby="dead">
      <header class="panel-head">
        <h2 id="dead">Dead letters</h2>
      </header>
      <Show loaded={loaded} what="Dead letters" height={96}>
        {(letters) =>
          letters.letters.length === 0 ? (
            <Empty title="No message waits for a person">Messages come here after their last retry.</Empty>
          ) : (
            <Browser {...letters} />
          )
        }
      </Show>
    </section>
  );
}

function Browser({ letters, total }: Letters) {
  const { me, say, refresh } = useView();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const queues = [...new Set(letters.map(({ queue }) => queue))];
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const act = async (action: "redrive" | "discard", queue: string, ids: readonly string[]): Promise<void> => {
    if (ids.length === 0) await postAction({ action, queue });
    for (const some of inParts(ids, MOST_AT_ONCE)) await postAction({ action, queue, ids: some });
    say(action === "redrive" ? "Redrive has begun" : "Discarded");
    setChosen(new Set());
    refresh();
  };
  return (
    <>
      <div class="scroll" tabIndex={0} role="region" aria-label="Dead letters">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">choose</th>
              <th scope="col">queue</th>
              <th scope="col">why</th>
              <th scope="col" class="number">
                attempts
              </th>
              <th scope="col">died</th>
            </tr>
          </thead>
          <tbody>
            {letters.map((letter) => (
              <Letter key={letter.id} letter={letter} isChosen={chosen.has(letter.id)} onChoose={() => toggle(letter.id)} />
            ))}
          </tbody>
        </table>
      </div>
      {total > letters.length && <p class="muted">{total - letters.length} older ones are not listed</p>}
      {me.role === "operator" ? (
        <div class="actions">
          {queues.map((queue) => {
            const ids = letters.filter((letter) => letter.queue === queue && chosen.has(letter.id)).map(({ id }) => id);
            return (
              <>
                <Confirm
                  key={queue}
                  label={`Redrive ${ids.length === 0 ? `all of ${queue}` : `${ids.length} of ${queue}`}`}
                  question="Send them to their queue again? Each is sent once; what fails again comes back here."
                  act={() => act("redrive", queue, ids)}
                />
                {ids.length > 0 && (
                  <Confirm
                    key={`${queue} discard`}
                    label={`Discard ${ids.length} of ${queue}`}
                    question="Discard them for good? The audit log keeps who did it."
                    act={() => act("discard", queue, ids)}
                  />
                )}
              </>
            );
          })}
        </div>
      ) : (
        <p class="muted">The role operator is missing to redrive or discard: have your address added to OPERATORS.</p>
      )}
    </>
  );
}

/** An action names at most this many. */
const MOST_AT_ONCE = 80;

function Letter({ letter, isChosen, onChoose }: { letter: DeadLetter; isChosen: boolean; onChoose: () => void }) {
  const { nowMs } = useView();
  const [isOpen, setOpen] = useState(false);
  const { id, queue, errorName, errorMessage, reason, preview, bodyBytes, attempts, redrives } = letter;
  return (
    <>
      <tr data-letter={id}>
        <td>
          <input type="checkbox" aria-label={`choose ${id}`} checked={isChosen} onChange={onChoose} />
        </td>
        <td>{queue}</td>
        <td class="letter-why">
          <button type="button" class="legend-series" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <code>
              {errorName === "" ? "no error is known" : errorName}
              {errorMessage !== "" && `: ${errorMessage}`}
            </code>
          </button>
          <div class="muted">
            {REASONS[reason] ?? reason}
            {redrives > 0 && ` · redriven ${redrives === 1 ? "once" : `${redrives} times`} before`}
          </div>
        </td>
        <td class="number">{attempts}</td>
        <td title={utcText(letter.deadAtMs)}>{timeText(letter.deadAtMs, nowMs)}</td>
      </tr>
      {isOpen && (
        <tr class="letter-body">
          <td />
          <td colSpan={4}>
            <pre>{preview}</pre>
            <p class="muted">
              {bodyBytes} bytes · message {id} · died {spanText(letter.deadAtMs - letter.sentAtMs)} after it was sent
              {letter.fingerprint !== "" && (
                <>
                  {" · "}
                  <Link to={`/errors/${letter.fingerprint}`}>its error group</Link>
                </>
              )}
            </p>
          </td>
        </tr>
      )}
    </>
  );
}
