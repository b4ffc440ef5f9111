/** What the app reads of the evaluator's API: only the fields it shows, each absent where an older evaluator has none. */
export interface SloView {
  readonly name: string;
  readonly minute: number;
  readonly state: string;
  readonly target: string;
  readonly sentence: string;
  readonly budgetLeftRatio?: number;
  readonly budgetLeftEvents?: number;
  readonly budgetLeftMinutes?: number;
  readonly budgetAllowedEvents?: number;
  readonly budgetAllowedMinutes?: number;
  readonly description?: string;
  readonly runbook?: string;
  readonly service?: string;
  readonly owner?: string;
  readonly windows?: readonly { readonly minutes: number; readonly burn: number }[];
  readonly alerts?: readonly {
    readonly rule: string;
    readonly isFiring?: boolean;
    readonly state?: string;
    readonly sinceMinute?: number;
  }[];
  readonly rules?: readonly {
    readonly id: string;
    readonly longMinutes: number;
    readonly shortMinutes: number;
    readonly factor: number;
    readonly verdict: string;
    readonly heldBackBy?: string;
  }[];
  readonly exclusions?: readonly {
    readonly fromMinute: number;
    /** Not included. */
    readonly toMinute: number;
    readonly reason: string;
    readonly by: string;
  }[];
}

export interface SloList {
  readonly minute?: number;
  readonly slos: readonly SloView[];
}

export interface SliceView {
  readonly minute: number;
  readonly spanMinutes?: number;
  readonly good: number;
  readonly total: number;
}

export interface AlertItem {
  readonly id: string;
  readonly groupKey: string;
  readonly name: string;
  readonly status: string;
  readonly severity: "critical" | "warning" | "info";
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
  readonly value?: string;
  readonly threshold?: string;
  readonly startsAtMs: number;
  readonly endsAtMs?: number;
  readonly count: number;
  readonly acknowledged?: { readonly by: string; readonly atMs: number };
  readonly hold?: { readonly kind?: string; readonly text?: string };
  readonly runbookUrl?: string;
  readonly dashboardUrl?: string;
  readonly toldChannels?: readonly string[];
}

export interface HistoryItem {
  readonly atMs: number;
  readonly event: string;
  readonly groupKey: string;
  readonly alertId?: string;
  readonly text: string;
}

export interface SilenceItem {
  readonly id: string;
  readonly matchers: readonly { readonly label: string; readonly op: string; readonly value: string }[];
  readonly fromMs: number;
  readonly untilMs: number;
  readonly by: string;
  readonly why: string;
}

/** Where an alert stands: `held` fires, but nobody is told of it. */
export function standingOf({ status, hold }: AlertItem): "firing" | "pending" | "held" | "resolved" {
  if (status === "resolved") return "resolved";
  if (hold !== undefined || ["silenced", "inhibited", "muted"].includes(status)) return "held";
  return status === "pending" ? "pending" : "firing";
}

/** Alerts that somebody has to look at, the worst and newest first. */
export function openAlerts(alerts: readonly AlertItem[]): AlertItem[] {
  const rank = { critical: 0, warning: 1, info: 2 };
  return alerts
    .filter(({ status }) => status !== "resolved")
    .sort((a, b) => rank[a.severity] - rank[b.severity] || b.startsAtMs - a.startsAtMs);
}

/** The state of an SLO, as a state of the theme. */
export function sloState({ state, budgetLeftRatio }: SloView): "ok" | "warning" | "critical" | "no-data" {
  if (state === "no-data" || state === "unknown" || budgetLeftRatio === undefined) return "no-data";
  if (/burn|page|exhaust|critical|breach/.test(state) || budgetLeftRatio <= 0) return "critical";
  return /warn|ticket|risk|low/.test(state) || budgetLeftRatio < 0.1 ? "warning" : "ok";
}
