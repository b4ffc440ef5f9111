/** What a step found. Both texts hold figures, so that a red step needs no second run. */
export interface Finding {
  readonly ok: boolean;
  readonly expected: string;
  readonly observed: string;
}

export interface StepResult extends Finding {
  readonly name: string;
}

export interface SmokeReport {
  readonly steps: readonly StepResult[];
  readonly ok: boolean;
}

/** Runs steps one after the other and prints each with its figures as it ends. */
export interface Steps {
  /** A step that throws has failed, with what it threw as the finding. */
  run(name: string, expected: string, look: () => Promise<{ readonly ok: boolean; readonly observed: string }>): Promise<void>;
  report(): SmokeReport;
}

export function createSteps(print: (line: string) => void): Steps {
  const steps: StepResult[] = [];
  return {
    async run(name, expected, look) {
      const { ok, observed } = await look().catch((error: unknown) => ({ ok: false, observed: String(error) }));
      steps.push({ name, ok, expected, observed });
      print(`${ok ? "✓" : "✗"} ${name}`);
      print(`    ${observed}`);
      if (!ok) print(`    expected: ${expected}`);
    },
    report: () => ({ steps: [...steps], ok: steps.length > 0 && steps.every(({ ok }) => ok) }),
  };
}
