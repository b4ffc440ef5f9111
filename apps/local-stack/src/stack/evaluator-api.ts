import { LOCAL_CREDENTIALS } from "@monotask/cli/local";

/** The state of one SLO, as far as the terminal and the smoke run read it. */
export interface SloLine {
  readonly name: string;
  readonly state: string;
  readonly target: string;
  readonly sentence: string;
  readonly budgetLeftRatio: number;
  /** Events of the whole window. */
  readonly good: number;
  readonly total: number;
  readonly firingRules: readonly string[];
}

export interface SloReading {
  /** The newest decided minute since 1970; undefined before the first tick. */
  readonly minute: number | undefined;
  readonly slos: readonly SloLine[];
}

export interface AlertLine {
  readonly name: string;
  readonly severity: string;
  readonly summary: string;
  readonly isFiring: boolean;
  /** Epoch ms. */
  readonly startsAtMs: number;
}

/** One notification on one channel. */
export interface NotificationLine {
  readonly id: string;
  readonly channel: string;
  readonly groupKey: string;
  readonly kind: string;
  readonly reason: string;
  readonly status: string;
}

/** Reads the evaluator's API on the local stack. Each call rejects when it does not answer in time or not as it should. */
export interface EvaluatorApi {
  slos(): Promise<SloReading>;
  alerts(): Promise<readonly AlertLine[]>;
  notifications(): Promise<readonly NotificationLine[]>;
}

export function createEvaluatorApi(baseUrl: string): EvaluatorApi {
  const read = async (path: string): Promise<unknown> => {
    const response = await fetch(`${baseUrl}${path}`, {
      headers: { authorization: `Bearer ${LOCAL_CREDENTIALS.apiToken}` },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 200)}`);
    return JSON.parse(text) as unknown;
  };
  return {
    async slos() {
      const body = await read("/api/v1/slos");
      const minute = field(body, "minute");
      return { minute: typeof minute === "number" ? minute : undefined, slos: listOf(field(body, "slos")).map(sloLine) };
    },
    async alerts() {
      return listOf(field(await read("/api/v1/alerts"), "alerts")).map(alertLine);
    },
    async notifications() {
      return listOf(field(await read("/api/v1/notifications?limit=1000"), "notifications")).map(notificationLine);
    },
  };
}

const PATIENCE_MS = 10_000;

function sloLine(value: unknown): SloLine {
  return {
    name: textOf(value, "name"),
    state: textOf(value, "state"),
    target: textOf(value, "target"),
    sentence: textOf(value, "sentence"),
    budgetLeftRatio: numberOf(value, "budgetLeftRatio"),
    good: numberOf(value, "good"),
    total: numberOf(value, "total"),
    firingRules: listOf(field(value, "alerts"))
      .filter((alert) => field(alert, "isFiring") === true)
      .map((alert) => textOf(alert, "rule")),
  };
}

function alertLine(value: unknown): AlertLine {
  return {
    name: textOf(value, "name"),
    severity: textOf(value, "severity"),
    summary: textOf(value, "summary"),
    isFiring: field(value, "status") !== "resolved",
    startsAtMs: numberOf(value, "startsAtMs"),
  };
}

function notificationLine(value: unknown): NotificationLine {
  const [id, target, groupKey] = [textOf(value, "id"), textOf(value, "channel"), textOf(value, "groupKey")];
  // `slack:#monotask-oncall` is a place in the channel `slack`.
  const channel = target.split(":", 1)[0] ?? target;
  return { id, channel, groupKey, kind: textOf(value, "kind"), reason: textOf(value, "reason"), status: textOf(value, "status") };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function numberOf(value: unknown, name: string): number {
  const number = field(value, name);
  return typeof number === "number" ? number : Number.NaN;
}

function textOf(value: unknown, name: string): string {
  const text = field(value, name);
  return typeof text === "string" ? text : "";
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
