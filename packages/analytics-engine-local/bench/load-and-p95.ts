// node bench/load-and-p95.ts [result.json]: start time, load of a million points over HTTP, and grouped weighted P95 over them.
// Runs the built command as a stranger would; the times are those of the HTTP client.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const points = 1_000_000;
const pointsPerBody = 20_000;
const requestsAtOnce = 3;
const queryRuns = 15;
const startRuns = 5;
const budgetsMs = { start: 2000, query: 500 };

const bin = new URL("../dist/bin.js", import.meta.url).pathname;
if (!existsSync(bin)) {
  console.error("dist/bin.js is missing; build the package first: npx tsup");
  process.exit(1);
}
const scratch = mkdtempSync(join(tmpdir(), "analytics-engine-local-bench-"));

interface Server {
  readonly startMs: number;
  readonly url: string;
  readonly headers: Record<string, string>;
  stop(): Promise<void>;
}

async function start(): Promise<Server> {
  const begin = performance.now();
  const child = spawn(process.execPath, [bin, "--json", "--port", "0", "--data", join(scratch, "data")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const { url, token } = JSON.parse(line) as { url: string; token: string };
  return {
    startMs: performance.now() - begin,
    url,
    headers: { authorization: `Bearer ${token}` },
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

async function query(server: Server, sql: string): Promise<{ ms: number; rows: number }> {
  const begin = performance.now();
  const response = await fetch(`${server.url}/client/v4/accounts/local/analytics_engine/sql`, {
    method: "POST",
    headers: server.headers,
    body: sql,
  });
  const text = await response.text();
  const ms = performance.now() - begin;
  if (!response.ok) throw new Error(text);
  return { ms, rows: (JSON.parse(text) as { rows: number }).rows };
}

/** One day of requests: 10 workers, 24 endpoints, long-tailed durations, one in ten kept with weight 10 for the fast ones. */
function* bodies(): Generator<string> {
  const day = Date.UTC(2026, 0, 31);
  let state = 1;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  for (let from = 0; from < points; from += pointsPerBody) {
    const lines: string[] = [];
    for (let i = from; i < from + pointsPerBody; i += 1) {
      const endpoint = Math.floor(random() * 24);
      const durationMs = Math.round(-Math.log(1 - random()) * (20 + endpoint * 10) * 100) / 100;
      const weight = durationMs > 500 ? 1 : 10;
      const blobs = [
        `req-${i}`,
        `worker-${endpoint % 10}`,
        `/api/resource${endpoint}/:id`,
        "GET",
        random() < 0.02 ? "500" : "200",
        "request",
        "1",
        "v1",
      ];
      const doubles = [durationMs, durationMs * 0.3, durationMs * 0.2, 0, weight];
      lines.push(
        JSON.stringify({
          indexes: [`worker-${endpoint % 10}:request:ok`],
          blobs,
          doubles,
          timestamp: day + Math.floor(i * 86.4),
        }),
      );
    }
    yield lines.join("\n");
  }
}

async function load(server: Server): Promise<{ loadMs: number; slowestHealthMs: number }> {
  const source = bodies();
  let slowestHealthMs = 0;
  const begin = performance.now();
  const watch = setInterval(() => {
    const asked = performance.now();
    void fetch(`${server.url}/health`).then(async (response) => {
      await response.text();
      slowestHealthMs = Math.max(slowestHealthMs, performance.now() - asked);
    });
  }, 100);
  const send = async (): Promise<void> => {
    for (const body of source) {
      const response = await fetch(`${server.url}/datasets/requests/points`, { method: "POST", headers: server.headers, body });
      if (!response.ok) throw new Error(await response.text());
      await response.text();
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, send));
  clearInterval(watch);
  return { loadMs: performance.now() - begin, slowestHealthMs };
}

const weight = "toUInt32(_sample_interval * double5)";
const queries: Readonly<Record<string, string>> = {
  "P95 by endpoint": `SELECT blob3 AS endpoint, quantileExactWeighted(0.95)(double1, ${weight}) AS p95, sum(${weight}) AS requests FROM requests GROUP BY endpoint ORDER BY p95 DESC`,
  "P95 by endpoint and 5 minutes": `SELECT blob3 AS endpoint, toStartOfInterval(timestamp, INTERVAL '5' MINUTE) AS t, quantileExactWeighted(0.95)(double1, ${weight}) AS p95 FROM requests GROUP BY endpoint, t ORDER BY t`,
  "error share of the last hour": `SELECT sumIf(${weight}, blob5 = '500') AS errors, sum(${weight}) AS requests FROM requests WHERE timestamp >= toDateTime('2026-01-31 23:00:00')`,
};

interface Spread {
  readonly minMs: number;
  readonly medianMs: number;
  readonly maxMs: number;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => Math.round((sorted[Math.floor((sorted.length - 1) * share)] ?? NaN) * 10) / 10;
  return { minMs: at(0), medianMs: at(0.5), maxMs: at(1) };
}

try {
  const starts: number[] = [];
  for (let i = 0; i < startRuns; i += 1) {
    const server = await start();
    starts.push(server.startMs);
    await server.stop();
  }
  const server = await start();
  const { loadMs, slowestHealthMs } = await load(server);
  const timed: Record<string, Spread & { rows: number; firstMs: number }> = {};
  for (const [name, sql] of Object.entries(queries)) {
    const first = await query(server, sql);
    const runs: number[] = [];
    for (let i = 0; i < queryRuns; i += 1) runs.push((await query(server, sql)).ms);
    timed[name] = { rows: first.rows, firstMs: Math.round(first.ms * 10) / 10, ...spreadOf(runs) };
  }
  await server.stop();
  const full = await start();
  await full.stop();

  const result = {
    machine: { cores: availableParallelism(), node: process.version },
    points,
    emptyStart: spreadOf(starts),
    startWithPointsMs: Math.round(full.startMs),
    loadMs: Math.round(loadMs),
    pointsPerSecond: Math.round(points / (loadMs / 1000)),
    slowestHealthWhileLoadingMs: Math.round(slowestHealthMs),
    queries: timed,
    budgetsMs,
  };
  console.log(
    `start   empty ${result.emptyStart.minMs} / ${result.emptyStart.medianMs} / ${result.emptyStart.maxMs} ms, with ${points} points ${result.startWithPointsMs} ms`,
  );
  console.log(
    `load    ${points} points in ${result.loadMs} ms (${result.pointsPerSecond} a second; /health at most ${result.slowestHealthWhileLoadingMs} ms meanwhile)`,
  );
  for (const [name, { minMs, medianMs, maxMs, rows, firstMs }] of Object.entries(timed)) {
    console.log(`query   ${name}: ${minMs} / ${medianMs} / ${maxMs} ms (${rows} rows, ${queryRuns} runs, first ${firstMs} ms)`);
  }
  const out = process.argv[2];
  if (out !== undefined) writeFileSync(out, `${JSON.stringify(result, null, 2)}\n`);
  const isSlow = result.emptyStart.maxMs > budgetsMs.start || (timed["P95 by endpoint"]?.maxMs ?? Infinity) > budgetsMs.query;
  if (isSlow) {
    console.error(`over budget: start ${budgetsMs.start} ms, P95 by endpoint ${budgetsMs.query} ms`);
    process.exitCode = 1;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
