import { narrow } from "../location.ts";
import { timeText } from "../time.ts";
import { useView } from "../viewer.ts";
import { Empty } from "./states.tsx";

/** A range that has not begun: nothing is missing, and nobody has to wrap anything. */
export function NotYet() {
  const { range, nowMs } = useView();
  return (
    <Empty title={`This range begins at ${timeText(range.fromMs, nowMs)}, which is still to come`}>
      <button type="button" class="button" onClick={() => narrow({ from: undefined, to: undefined, range: undefined })}>
        Show the last 24 h
      </button>
    </Empty>
  );
}
