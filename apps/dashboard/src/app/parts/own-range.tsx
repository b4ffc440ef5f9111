import { useState } from "preact/hooks";
import { narrow } from "../location.ts";
import { inputText, momentOfInput } from "../time.ts";
import { useView } from "../viewer.ts";

/** Any two moments as the range, by keyboard too; in the viewer's zone, as all times are. */
export function OwnRange({ close }: { close: () => void }) {
  const { range } = useView();
  const [from, setFrom] = useState(inputText(range.fromMs));
  const [to, setTo] = useState(inputText(range.toMs));
  const [fromMs, toMs] = [momentOfInput(from), momentOfInput(to)];
  const isRange = fromMs !== undefined && toMs !== undefined && fromMs < toMs;
  const show = (event: Event): void => {
    event.preventDefault();
    if (!isRange) return;
    narrow({ from: String(fromMs), to: String(toMs), range: undefined });
    close();
  };
  return (
    <form
      class="own-range"
      aria-label="Time range of your own"
      onSubmit={show}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <label>
        from <input type="datetime-local" value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
      </label>
      <label>
        to <input type="datetime-local" value={to} onInput={(event) => setTo(event.currentTarget.value)} />
      </label>
      <button type="submit" class="button button-strong" disabled={!isRange}>
        Show
      </button>
      {!isRange && <span class="muted">The first has to lie before the second.</span>}
    </form>
  );
}
