/** What a step found. Both texts hold figures, so that a red step needs no second run. */
export interface Finding {
  readonly ok: boolean;
  readonly expected: string;
  readonly observed: string;
}

export interface StepResult extends Finding {
  readonly name: string;
  /** Real seconds since the first step began, at its start and end. */
  readonly fromS: number;
  readonly toS: number;
}

export interface SmokeReport {
  readonly steps: readonly StepResult[];
  readonly ok: boolean;
}

/** Runs steps, some side by side, and prints each with its figures as it ends. */
export interface Steps {
  /** A step that throws has failed, with what it threw as the finding. */
  run(name: string, expected: string, look: () => Promise<{ readonly ok: boolean; readonly observed: string }>): Promise<void>;
  report(): SmokeReport;
}

export function createSteps(print: (line: string) => void, nowMs: () => number = () => performance.now()): Steps {
  const steps: StepResult[] = [];
  let beganMs: number | undefined;
  const sinceS = (): number => Math.round((nowMs() - (beganMs ?? nowMs())) / 1_000);
  return {
    async run(name, expected, look) {
      beganMs ??= nowMs();
      const fromS = sinceS();
      const { ok, observed } = await look().catch((error: unknown) => ({ ok: false, observed: String(error) }));
      const toS = sinceS();
      steps.push({ name, ok, expected, observed, fromS, toS });
      print(`${ok ? "✓" : "✗"} ${name} (${fromS} to ${toS} s)`);
      print(`    ${observed}`);
      if (!ok) print(`    expected: ${expected}`);
    },
    report: () => ({ steps: [...steps], ok: steps.length > 0 && steps.every(({ ok }) => ok) }),
  };
}
