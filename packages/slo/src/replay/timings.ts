import type { SloStatus } from "../engine/evaluate.ts";
import type { SloAlertId } from "../model/slo.ts";

/** One stretch in which an alert fired; without an end it still does. */
export interface Firing {
  readonly firedMinute: number;
  readonly clearedMinute: number | undefined;
}

/** Collects, from the statuses of minute after minute, when each alert fired and cleared. */
export class Timings {
  readonly #firings = new Map<SloAlertId, Firing[]>();

  note(status: SloStatus): void {
    for (const { rule, isFiring } of status.alerts) {
      const firings = this.#firings.get(rule) ?? [];
      this.#firings.set(rule, firings);
      const open = firings.at(-1);
      const isOpen = open !== undefined && open.clearedMinute === undefined;
      if (isFiring && !isOpen) firings.push({ firedMinute: status.minute, clearedMinute: undefined });
      if (!isFiring && isOpen) firings[firings.length - 1] = { ...open, clearedMinute: status.minute };
    }
  }

  of(rule: SloAlertId): readonly Firing[] {
    return this.#firings.get(rule) ?? [];
  }

  /** Every alert that was judged, in the order of the SLO. */
  all(): readonly (readonly [SloAlertId, readonly Firing[]])[] {
    return [...this.#firings];
  }
}
