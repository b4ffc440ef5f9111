import { MINUTE_MS } from "../model/cell.ts";
import type { Slo } from "../model/slo.ts";
import { KILLED_OUTCOMES, thresholdsOf } from "../measure/query.ts";
import type { MeasuredRow } from "../measure/row.ts";
import { AT_MS, METHOD, numberAt, OUTCOME, STATUS, URL_AT, WALL_MS, WORKER } from "./line-shape.ts";
import type { Found, LineShape } from "./line-shape.ts";
import { Routes } from "./routes.ts";
import { Texts } from "./texts.ts";

/** What a Logpush line of dataset workers_trace_events says of one request. */
export interface TraceLine {
  readonly atMs: number;
  readonly worker: string;
  readonly outcome: string;
  readonly url: string;
  readonly method: string;
  readonly status: number;
  readonly wallMs: number;
}

/** What requests that are alike have in common; `bucket` is the number of latency thresholds they reached. */
interface Alike extends Omit<TraceLine, "atMs" | "url" | "wallMs"> {
  readonly endpoint: string;
  readonly bucket: number;
}

/** Numbers of texts, statuses and buckets below these fit into small integers, three in each. */
const MOST = { workers: 1_024, outcomes: 32, methods: 32, routes: 8_192, buckets: 64, status: 1_024 } as const;
const NO_STATUS = 1_023;

/** Counts requests by minute and by what they have in common: few kinds, however many lines there are. */
export class Tally {
  readonly #thresholds: readonly number[];
  readonly #environment: string;
  readonly #alike: Alike[] = [];
  readonly #placeOf = new Map<string, number>();
  /** The same places by the numbers of their parts, of who answered and of what: a small number is found faster than a text. */
  readonly #placesOf = new Map<number, Map<number, number>>();
  readonly #minutes = new Map<number, number[]>();
  readonly #workers = new Texts(MOST.workers);
  readonly #outcomes = new Texts(MOST.outcomes);
  readonly #methods = new Texts(MOST.methods);
  readonly #routes: Routes;
  #minute = Number.NaN;
  #counts: number[] = [];

  constructor(slos: readonly Slo[], environment: string) {
    this.#thresholds = thresholdsOf(slos, "request");
    this.#environment = environment;
    this.#routes = new Routes(
      slos.some((slo) => slo.indicator.filter.endpoint !== undefined),
      MOST.routes,
    );
  }

  add({ atMs, wallMs, url, worker, outcome, method, status }: TraceLine): void {
    const endpoint = this.#routes.of(url);
    this.#count(atMs, this.#place({ worker, outcome, method, status, endpoint, bucket: this.#bucketOf(wallMs) }));
  }

  /** Counts the line that was matched. @returns false for one that must be read in whole: a text of it is written with escapes, or is one too many */
  addFound(bytes: Uint8Array, { has }: LineShape, { starts, ends }: Found): boolean {
    const numberOf = (field: number): number => numberAt(bytes, starts[field] ?? 0, ends[field] ?? 0);
    const textOf = (texts: Texts | Routes, field: number): number =>
      has[field] === true ? texts.numberOf(bytes, starts[field] ?? 0, ends[field] ?? 0) : texts.numberOf(bytes, 0, 0);
    const worker = textOf(this.#workers, WORKER);
    const outcome = textOf(this.#outcomes, OUTCOME);
    const method = textOf(this.#methods, METHOD);
    const route = textOf(this.#routes, URL_AT);
    const status = has[STATUS] === true ? numberOf(STATUS) : NO_STATUS;
    const bucket = this.#thresholds.length === 0 ? 0 : this.#bucketOf(has[WALL_MS] === true ? numberOf(WALL_MS) : 0);
    const atMs = has[AT_MS] === true ? numberOf(AT_MS) : Number.NaN;
    if (worker < 0 || outcome < 0 || method < 0 || route < 0 || bucket >= MOST.buckets) return false;
    if (!Number.isFinite(atMs) || (has[STATUS] === true && !(Number.isInteger(status) && status >= 0 && status < NO_STATUS)))
      return false;
    const who = (worker * MOST.outcomes + outcome) * MOST.methods + method;
    const what = (route * MOST.status + status) * MOST.buckets + bucket;
    const places = this.#placesOf.get(who) ?? new Map<number, number>();
    if (places.size === 0) this.#placesOf.set(who, places);
    let place = places.get(what);
    if (place === undefined) {
      place = this.#place({
        worker: this.#workers.at(worker),
        outcome: this.#outcomes.at(outcome),
        method: this.#methods.at(method),
        status: status === NO_STATUS ? Number.NaN : status,
        endpoint: this.#routes.at(route),
        bucket,
      });
      places.set(what, place);
    }
    this.#count(atMs, place);
    return true;
  }

  workers(): string[] {
    return [...new Set(this.#alike.map(({ worker }) => worker))].sort();
  }

  /** What was counted, as rows of a measurement. */
  rows(): MeasuredRow[] {
    return [...this.#minutes].flatMap(([minute, counts]) =>
      this.#alike.flatMap((alike, place) => {
        const events = counts[place] ?? 0;
        return events === 0 ? [] : [rowOf(alike, minute, this.#environment, events)];
      }),
    );
  }

  #count(atMs: number, place: number): void {
    const minute = Math.floor(atMs / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#counts = this.#minutes.get(minute) ?? [];
      this.#minutes.set(minute, this.#counts);
    }
    while (this.#counts.length <= place) this.#counts.push(0);
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
  }

  #place(alike: Alike): number {
    const { worker, outcome, method, status, endpoint, bucket } = alike;
    const key = `${worker}\n${method}\n${endpoint}\n${status}\n${outcome}\n${bucket}`;
    const known = this.#placeOf.get(key);
    if (known !== undefined) return known;
    this.#placeOf.set(key, this.#alike.length);
    return this.#alike.push(alike) - 1;
  }

  #bucketOf(wallMs: number): number {
    let bucket = 0;
    while (bucket < this.#thresholds.length && wallMs >= (this.#thresholds[bucket] ?? 0)) bucket += 1;
    return bucket;
  }
}

function rowOf(
  { worker, outcome, method, status, endpoint, bucket }: Alike,
  minute: number,
  environment: string,
  events: number,
): MeasuredRow {
  const isKilled = KILLED_OUTCOMES.some((killed) => killed === outcome);
  return {
    minute,
    kind: isKilled ? "invocation" : "request",
    version: "",
    fields: { worker, environment, endpoint, method, subject: "", event: "" },
    status,
    // In a Worker's log a client that went away is "canceled" or "responseStreamDisconnected".
    outcome: outcome === "canceled" || outcome === "responseStreamDisconnected" ? "client_disconnect" : outcome,
    bucket,
    execBucket: 0,
    events,
    variance: 0,
    figure: () => ({ count: 0, variance: 0 }),
  };
}
