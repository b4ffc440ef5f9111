import { useLayoutEffect, useRef, useState } from "preact/hooks";

export interface ConfirmProps {
  readonly label: string;
  readonly question: string;
  readonly act: () => Promise<void>;
  readonly isStrong?: boolean;
  readonly isDisabled?: boolean;
  /** Done already: shown, not offered again. */
  readonly isDone?: boolean;
}

/** A change in two steps: what it does is said before it is done, and what went wrong after. */
export function Confirm({ label, question, act, isStrong = false, isDisabled = false, isDone = false }: ConfirmProps) {
  const [step, setStep] = useState<"idle" | "asking" | "busy">("idle");
  const [error, setError] = useState("");
  const asked = useRef<HTMLDivElement>(null);
  const offer = useRef<HTMLButtonElement>(null);
  const wasAsking = useRef(false);
  // What was pressed is gone: the focus goes to what took its place. To the question, not to "yes": a key held down confirms nothing.
  useLayoutEffect(() => {
    const isAsking = step !== "idle";
    if (isAsking !== wasAsking.current) (isAsking ? asked : offer).current?.focus();
    wasAsking.current = isAsking;
  }, [step]);
  const run = (): void => {
    setStep("busy");
    setError("");
    act()
      .catch((cause: unknown) => setError(cause instanceof Error ? cause.message : "unknown error"))
      .finally(() => setStep("idle"));
  };
  if (isDone) return <span class="done">{label}d</span>;
  return (
    <div class="confirm">
      {step === "idle" && (
        <button
          type="button"
          ref={offer}
          class={`button ${isStrong ? "button-strong" : ""}`}
          disabled={isDisabled}
          onClick={() => setStep("asking")}
        >
          {label}
        </button>
      )}
      {step !== "idle" && (
        <div
          ref={asked}
          class="confirm-ask"
          role="group"
          aria-label={`${label}: ${question}`}
          tabIndex={-1}
          onKeyDown={(event) => event.key === "Escape" && step === "asking" && setStep("idle")}
        >
          <span>{question}</span>
          <button type="button" class="button button-strong" disabled={step === "busy"} onClick={run}>
            {step === "busy" ? "…" : `Yes, ${label.toLowerCase()}`}
          </button>
          <button type="button" class="button button-quiet" disabled={step === "busy"} onClick={() => setStep("idle")}>
            No
          </button>
        </div>
      )}
      {error !== "" && (
        <span class="is-critical" role="alert">
          {error}
        </span>
      )}
    </div>
  );
}
