import type { Slo } from "@monotask/slo";

/** How often Cloudflare says that each worker was invoked in a stretch of minutes; a worker that is not named was not. */
export interface Invocations {
  readonly fromMinute: number;
  /** Not included. */
  readonly toMinute: number;
  readonly requests: Readonly<Record<string, number>>;
}

/**
 * Minutes of which the platform says that none of an SLO's workers was invoked: without telemetry they were idle, and count as measured.
 * Where it does count invocations, silence stays what it is: missing data. An SLO over all workers names none that could be asked about.
 */
export function provedIdle(
  slos: readonly Slo[],
  invocations: readonly Invocations[],
  fromMinute: number,
  toMinute: number,
): { readonly sloName: string; readonly minute: number }[] {
  return slos.flatMap(({ name, indicator }) => {
    const workers = indicator.filter.worker ?? [];
    if (workers.length === 0) return [];
    return invocations
      .filter(({ requests }) => workers.every((worker) => (requests[worker] ?? 0) === 0))
      .flatMap((idle) => {
        const minutes: { sloName: string; minute: number }[] = [];
        for (let minute = Math.max(idle.fromMinute, fromMinute); minute < Math.min(idle.toMinute, toMinute); minute += 1)
          minutes.push({ sloName: name, minute });
        return minutes;
      });
  });
}
