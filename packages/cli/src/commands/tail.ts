import type { Query, Row, SqlApi } from "@monotask/telemetry";
import type { Command } from "commander";
import { analyticsOf, rowsOrThrow } from "../analytics.ts";
import type { AnalyticsOptions } from "../analytics.ts";
import { colour } from "../colour.ts";
import type { CommandContext } from "../command-context.ts";
import { EXIT } from "../io.ts";
import type { Io } from "../io.ts";
import { durationOf } from "../query/range.ts";
import { shownNumber } from "@monotask/runbooks";
import { collected, withSource } from "./shared-options.ts";

interface TailOptions extends AnalyticsOptions {
  readonly slow: string;
  readonly interval: string;
  readonly since: string;
  readonly for?: string;
  readonly worker?: readonly string[];
  readonly json?: boolean;
}

/** Rows come late by about a minute, some by more: each look goes back this far, and what was shown is not shown again. */
const LOOK_BACK_MS = 3 * 60_000;
const MOST_ROWS = 200;

/** `monotask tail` */
export function registerTail(program: Command, { io, done }: CommandContext): void {
  withSource(
    program
      .command("tail")
      .description("errors and slow requests as they arrive (Analytics Engine shows them after about a minute)"),
  )
    .option("--worker <name>", "only this worker (repeatable)", collected)
    .option("--slow <duration>", "a request that takes this long is shown", "500ms")
    .option("--since <duration>", "begin this long ago", "1m")
    .option("--interval <duration>", "time between two looks", "5s")
    .option("--for <duration>", "end after this time (default: Ctrl-C)")
    .option("--json", "one JSON object a line")
    .addHelpText(
      "after",
      "\nExamples:\n  monotask tail --worker api-gateway --slow 200ms\n  monotask tail --local --json --for 10m | jq .message\n\nExit codes: 0 ended, 1 refused or unreachable, 2 wrong usage",
    )
    .action(async (options: TailOptions) => {
      // First: what is wrong with the flags is said before what is missing to ask.
      const times = timesOf(options);
      await follow(io, analyticsOf(io, options), options, times);
      done(EXIT.ok);
    });
}

interface Times {
  readonly forMs: number;
  readonly intervalMs: number;
  readonly slowMs: number;
  readonly sinceMs: number;
}

function timesOf(options: TailOptions): Times {
  return {
    forMs: options.for === undefined ? Number.POSITIVE_INFINITY : durationOf("--for", options.for),
    intervalMs: durationOf("--interval", options.interval),
    slowMs: durationOf("--slow", options.slow),
    sinceMs: durationOf("--since", options.since),
  };
}

async function follow(io: Io, api: SqlApi, options: TailOptions, { forMs, intervalMs, slowMs, sinceMs }: Times): Promise<void> {
  const began = io.now();
  const ends = began + forMs;
  const fromMs = began - sinceMs;
  const seen = new Map<string, number>();
  if (options.json !== true) io.err(`Errors and requests of ${options.slow} or longer; Ctrl-C ends.`);
  for (;;) {
    const now = io.now();
    const range = { fromMs: Math.max(fromMs, now - LOOK_BACK_MS - intervalMs), toMs: now + 1_000 };
    const rows = (await Promise.all([errorsIn(api, range, options), slowIn(api, range, slowMs, options)])).flat();
    for (const row of rows.toSorted((a, b) => Number(a["at_seconds"]) - Number(b["at_seconds"]))) {
      const key = JSON.stringify(row);
      if (!seen.has(key)) io.out(options.json === true ? JSON.stringify(row) : lineOf(io, row));
      seen.set(key, now);
    }
    for (const [key, at] of seen) if (at < now) seen.delete(key);
    if (io.now() + intervalMs > ends || !(await io.sleep(intervalMs))) return;
  }
}

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

async function errorsIn(api: SqlApi, range: Range, { worker }: TailOptions): Promise<Row[]> {
  const fields = ["workerName", "endpoint", "method", "requestId", "severity", "errorName", "message", "version"] as const;
  const query: Query<"error"> = {
    kinds: ["error"],
    ...range,
    where: ofWorkers(worker),
    groupBy: {
      at_seconds: { by: "time", seconds: 1 },
      ...Object.fromEntries(fields.map((field) => [field, { by: "field" as const, field }])),
    },
    select: { events: { measure: "count" } },
    limit: MOST_ROWS,
  };
  return rowsOrThrow(await api.run(query)).map((row) => ({ what: "error", ...row }));
}

async function slowIn(api: SqlApi, range: Range, slowMs: number, { worker }: TailOptions): Promise<Row[]> {
  const fields = ["workerName", "endpoint", "method", "requestId", "statusCode", "version"] as const;
  const query: Query<"request"> = {
    kinds: ["request"],
    ...range,
    where: [{ op: ">=", field: "durationMs", value: slowMs }, ...ofWorkers(worker)],
    groupBy: {
      at_seconds: { by: "time", seconds: 1 },
      ...Object.fromEntries(fields.map((field) => [field, { by: "field" as const, field }])),
    },
    select: {
      slowestMs: { measure: "max", field: "durationMs" },
      dbMs: { measure: "max", field: "dbQueryTimeMs" },
      externalMs: { measure: "max", field: "externalApiTimeMs" },
    },
    limit: MOST_ROWS,
  };
  return rowsOrThrow(await api.run(query)).map((row) => ({ what: "slow", ...row }));
}

function ofWorkers(workers: readonly string[] | undefined): { op: "in"; field: "workerName"; values: readonly string[] }[] {
  return workers === undefined ? [] : [{ op: "in", field: "workerName", values: workers }];
}

function lineOf(io: Io, row: Row): string {
  const at = new Date(Number(row["at_seconds"]) * 1_000).toISOString().slice(11, 19);
  const where = `${row["workerName"] ?? ""} ${row["method"] ?? ""} ${row["endpoint"] ?? ""}`.replace(/\s+/g, " ").trim();
  if (row["what"] === "error") {
    const tone = row["severity"] === "critical" ? "critical" : "warning";
    return `${at} ${colour(io, tone, "error")} ${where}: ${row["errorName"] ?? ""}: ${row["message"] ?? ""} [${row["requestId"] ?? ""}]`;
  }
  const parts = [
    ["db", Number(row["dbMs"])],
    ["external", Number(row["externalMs"])],
  ] as const;
  const spent = parts.filter(([, ms]) => ms > 0).map(([name, ms]) => `${name} ${shownNumber(ms, "ms")}`);
  const how = spent.length === 0 ? "" : ` (${spent.join(", ")})`;
  return `${at} ${colour(io, "warning", "slow ")} ${where}: ${shownNumber(Number(row["slowestMs"]), "ms")}${how}, ${row["statusCode"] ?? ""} [${row["requestId"] ?? ""}]`;
}
