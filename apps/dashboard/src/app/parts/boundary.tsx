import type { ComponentChildren } from "preact";
import { useErrorBoundary } from "preact/hooks";
import { State } from "./states.tsx";

/** What cannot be drawn says so, and leaves the rest of the page standing. */
export function Boundary({ what, children }: { what: string; children: ComponentChildren }) {
  const boundary: readonly [error: unknown, reset: () => void] = useErrorBoundary();
  const [error, reset] = boundary;
  if (error === undefined) return <>{children}</>;
  return (
    <div class="notice notice-failed" role="alert">
      <b>
        <State name="critical">{what} cannot be drawn</State>
      </b>
      <div class="notice-what">
        The answer is not what this version of the dashboard expects ({error instanceof Error ? error.message : "unknown error"}).
        Is the evaluator of the same version?
      </div>
      <button type="button" class="button" onClick={reset}>
        Try again
      </button>
    </div>
  );
}
