import { routePattern } from "@monotask/telemetry";
import type { Slice } from "../model/cell.ts";
import type { Slo } from "../model/slo.ts";
import { KILLED_OUTCOMES, thresholdsOf } from "../measure/query.ts";
import { slicesOfRows } from "../measure/slices.ts";
import type { MeasuredRow } from "../measure/row.ts";

/** What a Logpush line of dataset workers_trace_events says of one request. */
interface TraceLine {
  readonly atMs: number;
  readonly worker: string;
  readonly outcome: string;
  readonly url: string;
  readonly method: string;
  readonly status: number;
  readonly wallMs: number;
}

/** Counts the requests of Logpush lines, so that SLOs can be judged on them. */
export interface LogpushCounter {
  /** Takes one line in. Lines of other events than requests, and lines that are none, are counted apart. */
  add(line: string): void;
  readonly requests: number;
  readonly others: number;
  /** Minute slices of all SLOs so far. */
  slices(): Slice[];
}

const MINUTE_MS = 60_000;
/** Rows of a minute are alike but for these: their number stays small however many lines there are. */
type RowKey = string;

/**
 * A counter over lines of newline-delimited JSON, one request each and none sampled away. Logs know no environment, so every line counts
 * as one of `environment`, and only SLOs on requests can be judged from them.
 */
export function createLogpushCounter(slos: readonly Slo[], environment = "production"): LogpushCounter {
  const thresholds = thresholdsOf(slos, "request");
  const rows = new Map<RowKey, { row: MeasuredRow; events: number }>();
  const routes = new Map<string, string>();
  const counts = { requests: 0, others: 0 };

  const routeOf = (url: string): string => {
    const known = routes.get(url);
    if (known !== undefined) return known;
    const route = URL.canParse(url) ? routePattern(new URL(url).pathname) : "(unknown)";
    // Addresses with ids in them never end: what is not kept is worked out again.
    if (routes.size < 10_000) routes.set(url, route);
    return route;
  };

  return {
    add(line) {
      const read = scan(line) ?? parse(line);
      if (read === undefined) {
        if (line.trim() !== "") counts.others += 1;
        return;
      }
      counts.requests += 1;
      const bucket = thresholds.filter((threshold) => read.wallMs >= threshold).length;
      const minute = Math.floor(read.atMs / MINUTE_MS);
      const endpoint = routeOf(read.url);
      const key = `${minute}\n${read.worker}\n${read.method}\n${endpoint}\n${read.status}\n${read.outcome}\n${bucket}`;
      const known = rows.get(key);
      if (known === undefined) rows.set(key, { row: rowOf(read, { minute, endpoint, bucket, environment }), events: 1 });
      else known.events += 1;
    },
    get requests() {
      return counts.requests;
    },
    get others() {
      return counts.others;
    },
    slices: () =>
      slicesOfRows(
        slos,
        [...rows.values()].map(({ row, events }) => ({ ...row, events })),
      ),
  };
}

function rowOf(
  read: TraceLine,
  { minute, endpoint, bucket, environment }: { minute: number; endpoint: string; bucket: number; environment: string },
): MeasuredRow {
  const isKilled = KILLED_OUTCOMES.some((outcome) => outcome === read.outcome);
  return {
    minute,
    kind: isKilled ? "invocation" : "request",
    version: "",
    fields: { worker: read.worker, environment, endpoint, method: read.method, subject: "", event: "" },
    status: read.status,
    // In a Worker's log a client that went away is "canceled" or "responseStreamDisconnected".
    outcome: read.outcome === "canceled" || read.outcome === "responseStreamDisconnected" ? "client_disconnect" : read.outcome,
    bucket,
    execBucket: 0,
    events: 1,
    variance: 0,
    figure: () => ({ count: 0, variance: 0 }),
  };
}

/**
 * Reads the few fields without parsing the line. Gives up, and `parse` reads the line, where a key is not there exactly once: then it may
 * stand inside a log message.
 */
function scan(line: string): TraceLine | undefined {
  const atMs = numberAt(line, '"EventTimestampMs":');
  const status = numberAt(line, '"Status":');
  const wallMs = numberAt(line, '"WallTimeMs":');
  const worker = textAt(line, '"ScriptName":"');
  const outcome = textAt(line, '"Outcome":"');
  const url = textAt(line, '"URL":"');
  const method = textAt(line, '"Method":"');
  if (atMs === undefined || status === undefined || wallMs === undefined || worker === undefined) return undefined;
  if (outcome === undefined || url === undefined || method === undefined || !line.includes('"EventType":"fetch"'))
    return undefined;
  return { atMs, status, wallMs, worker, outcome, url, method };
}

function startAt(line: string, key: string): number | undefined {
  const at = line.indexOf(key);
  return at === -1 || line.indexOf(key, at + key.length) !== -1 ? undefined : at + key.length;
}

function numberAt(line: string, key: string): number | undefined {
  const start = startAt(line, key);
  if (start === undefined) return undefined;
  let end = start;
  for (let code = line.charCodeAt(end); (code >= 48 && code <= 57) || code === 46; code = line.charCodeAt(end)) end += 1;
  return end === start ? undefined : Number(line.slice(start, end));
}

function textAt(line: string, key: string): string | undefined {
  const start = startAt(line, key);
  if (start === undefined) return undefined;
  const end = line.indexOf('"', start);
  const text = line.slice(start, end);
  return end === -1 || text.includes("\\") ? undefined : text;
}

function parse(line: string): TraceLine | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const event = at(parsed, "Event");
  const atMs = at(parsed, "EventTimestampMs");
  if (at(parsed, "EventType") !== "fetch" || typeof atMs !== "number" || !Number.isFinite(atMs)) return undefined;
  const wallMs = at(parsed, "WallTimeMs");
  const status = at(at(event, "Response"), "Status");
  return {
    atMs,
    worker: textOf(at(parsed, "ScriptName")),
    outcome: textOf(at(parsed, "Outcome")),
    url: textOf(at(at(event, "Request"), "URL")),
    method: textOf(at(at(event, "Request"), "Method")),
    status: typeof status === "number" ? status : Number.NaN,
    wallMs: typeof wallMs === "number" ? wallMs : 0,
  };
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
