/** What the page asks the replay for. */
export interface ReplayRequest {
  readonly sloName: string;
  readonly nowMinute: number;
}

/** One stretch in which an alert would have fired, minutes of the epoch; without an end it still does. */
export interface ReplayFiring {
  readonly firedMinute: number;
  readonly clearedMinute: number | undefined;
}

export interface ReplayResult {
  readonly kind: "done";
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly budgetLeftRatio: number;
  readonly sentence: string;
  readonly rules: readonly { readonly rule: string; readonly firings: readonly ReplayFiring[] }[];
}

export type ReplayMessage =
  | { readonly kind: "progress"; readonly share: number }
  | ReplayResult
  /** No count was stored in that time. */
  | { readonly kind: "nothing" }
  | { readonly kind: "failed"; readonly error: string };
