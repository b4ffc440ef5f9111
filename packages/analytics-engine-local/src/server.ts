import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { asSqlError, SqlError, withRowsBeforeLimit, type SqlAnswer } from "./answer.ts";
import { timeOf, type Clock } from "./clock.ts";
import { StartError } from "./data-folder.ts";
import { createDataset, type DatasetOptions, type LocalDataset } from "./dataset.ts";
import { openEngine, type DataPlace } from "./engine.ts";
import { createGroupCommit } from "./group-commit.ts";
import { createHttpServer } from "./http.ts";
import { acceptPoint, parsePoints, type AcceptedPoint, type TimedDataPoint } from "./ndjson.ts";
import { rowOf } from "./row.ts";
import { seededRandom } from "./random.ts";
import { createSampler, type Sampler } from "./sampling.ts";
import { passGate } from "./sql/gate.ts";
import { whyNotADataset } from "./table.ts";

export interface AnalyticsEngineOptions {
  /** Port to listen on; 0 takes any free one. @default 8790 */
  readonly port?: number;
  /** Address to listen on. @default `127.0.0.1` */
  readonly host?: string;
  /** Bearer token that requests must bring. @default random */
  readonly token?: string;
  /** Where the points live: `{kind: "memory"}` or `{kind: "folder", path}`, which survives restarts and `kill -9`. @default memory */
  readonly data?: DataPlace;
  /** Points per index value and second above which points are sampled. @default never */
  readonly sampleAbove?: number;
  /** Seed of the sampling; the same points in the same order with the same seed keep the same points. @default 1 */
  readonly seed?: number;
  /** Stamps points that bring no timestamp, and answers `now()`. @default the machine's */
  readonly clock?: Clock;
  /** The only account id answered, others get 403. @default any */
  readonly accountId?: string;
}

/** `accepted` points are stored, `sampledOut` points are counted in the `_sample_interval` of others; together all that were sent. */
export interface WriteResult {
  readonly accepted: number;
  readonly sampledOut: number;
}

export interface AnalyticsEngineServer {
  /** `http://127.0.0.1:8790` */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  /** The account id of `sqlUrl`; "local" where none was asked for. */
  readonly accountId: string;
  /** Where to POST statements, as `https://api.cloudflare.com/client/v4/accounts/…/analytics_engine/sql` in production. */
  readonly sqlUrl: string;
  /** Where to POST points of a dataset as NDJSON. */
  pointsUrl(dataset: string): string;
  /**
   * Answers a statement as the SQL API would, without HTTP.
   * @throws {SqlError} with the status and text of the HTTP answer
   */
  query(sql: string): Promise<SqlAnswer>;
  /**
   * Stores points; resolves when they are stored. All or nothing.
   * @throws {SqlError} 422 naming the first bad point
   */
  write(dataset: string, points: Iterable<TimedDataPoint>): Promise<WriteResult>;
  /** A dataset binding for in-process tests; `flush()` before reading. */
  dataset(name: string, options?: DatasetOptions): LocalDataset;
  /** Waits until everything handed to `dataset(…)` is stored. */
  flush(): Promise<void>;
  /** Answers what is under way, stores what is waiting, and closes. */
  close(): Promise<void>;
}

export const defaultPort = 8790;

/**
 * Starts Workers Analytics Engine on this machine.
 * @throws {StartError} when the port is taken or the data folder cannot be used, with the fix
 * @throws {TypeError} when an option makes no sense
 */
export async function startAnalyticsEngine(options: AnalyticsEngineOptions = {}): Promise<AnalyticsEngineServer> {
  checkOptions(options);
  const { port: wantedPort = defaultPort, host = "127.0.0.1", token = randomBytes(16).toString("hex"), seed = 1 } = options;
  const time = timeOf(options.clock);
  const random = seededRandom(seed);
  const engine = await openEngine(options.data ?? { kind: "memory" });
  const commit = createGroupCommit({ insert: (dataset, rows, count) => engine.insert(dataset, rows, count) });
  const samplers = new Map<string, Sampler>();
  const datasets = new Set<LocalDataset>();

  const store = async (dataset: string, points: readonly AcceptedPoint[]): Promise<WriteResult> => {
    const sampler = getOrMake(samplers, dataset, () => createSampler(options.sampleAbove, random));
    let rows = "";
    let accepted = 0;
    // Decided in one go, so that two requests at once cannot change each other's sampling.
    const intervals = points.map(({ point, second }) => sampler.intervalOf(point.indexes[0] ?? "", second));
    for (const [i, { point, second }] of points.entries()) {
      const interval = intervals[i] ?? 0;
      if (interval > 0) {
        rows += rowOf(point, second, interval);
        accepted += 1;
      }
      if (i % rowsPerTurn === rowsPerTurn - 1) await nextTurn();
    }
    await commit.add(dataset, rows, accepted);
    return { accepted, sampledOut: points.length - accepted };
  };

  const runSql = async (sql: string): Promise<{ body: Uint8Array; format: string }> => {
    try {
      const passed = await passGate(sql, {
        ask: async (question) => Buffer.from(await engine.read(question, "TSVRaw")).toString("utf8"),
        datasets: () => [...engine.points.keys()],
        nowMs: options.clock === undefined ? undefined : time,
      });
      if (!passed.ok) throw new SqlError(422, passed.error);
      const body = await engine.read(passed.sql, passed.format);
      return { body: passed.format === "JSON" ? withRowsBeforeLimit(body) : body, format: passed.format };
    } catch (error) {
      throw asSqlError(error);
    }
  };

  const http = createHttpServer({
    token,
    accountId: options.accountId,
    runSql,
    writeLines: async (dataset, body) => {
      requireDataset(dataset);
      const parsed = await parsePoints(body, time());
      if (!parsed.ok) throw new SqlError(422, parsed.error);
      return store(dataset, parsed.value);
    },
    health: () => ({
      ok: true,
      points: [...engine.points.values()].reduce((a, b) => a + b, 0),
      datasets: [...engine.points.keys()].sort(),
    }),
  });
  let port: number;
  try {
    port = await listen(http, wantedPort, host);
  } catch (error) {
    await engine.close();
    throw error;
  }

  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const accountId = options.accountId ?? "local";
  let closing: Promise<void> | undefined;
  return {
    url,
    port,
    token,
    accountId,
    sqlUrl: `${url}/client/v4/accounts/${encodeURIComponent(accountId)}/analytics_engine/sql`,
    pointsUrl: (dataset) => `${url}/datasets/${encodeURIComponent(dataset)}/points`,
    async query(sql) {
      const { body, format } = await runSql(sql);
      if (format !== "JSON") throw new SqlError(422, `query() reads FORMAT JSON; leave FORMAT ${format} out, or fetch ${url}`);
      return JSON.parse(Buffer.from(body).toString("utf8")) as SqlAnswer;
    },
    async write(dataset, points) {
      requireDataset(dataset);
      const arrivalMs = time();
      const accepted = [...points].map((point, i) => {
        const checked = acceptPoint(point, arrivalMs);
        if (!checked.ok) throw new SqlError(422, `point ${i + 1}: ${checked.error}`);
        return checked.value;
      });
      return store(dataset, accepted);
    },
    dataset(name, datasetOptions) {
      requireDataset(name);
      const dataset = createDataset(async (point) => {
        await store(name, [{ point, second: Math.floor(time() / 1000) }]);
      }, datasetOptions);
      datasets.add(dataset);
      return dataset;
    },
    async flush() {
      await Promise.all([...datasets].map((dataset) => dataset.settled()));
    },
    close: () => (closing ??= closeAll(http, commit, engine)),
  };
}

/** About 3 ms of writing rows. */
const rowsPerTurn = 1000;

function checkOptions({ port, sampleAbove, seed, token, data }: AnalyticsEngineOptions): void {
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535))
    throw new TypeError(`port is ${port}; give a whole number from 0 (any free port) to 65535`);
  if (sampleAbove !== undefined && !(Number.isFinite(sampleAbove) && sampleAbove >= 1))
    throw new TypeError(`sampleAbove is ${sampleAbove}; give 1 or more points per index and second, or leave it out`);
  if (seed !== undefined && !Number.isSafeInteger(seed)) throw new TypeError(`seed is ${seed}; give a whole number`);
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw new TypeError("token is empty or has characters that no header can carry; use visible ASCII without spaces");
  if (data?.kind === "folder" && data.path === "") throw new TypeError("the data folder's path is empty; give a folder");
}

function requireDataset(name: string): void {
  const why = whyNotADataset(name);
  if (why !== undefined) throw new SqlError(422, why);
}

function listen(http: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once("error", (error: Error & { code?: string }) => {
      const why: Readonly<Record<string, string>> = {
        EADDRINUSE: `port ${port} is in use; stop what listens there, or choose another one with --port (0 takes any free one)`,
        EACCES: `no permission to listen on port ${port}; choose one above 1023 with --port`,
        EADDRNOTAVAIL: `this machine has no address ${host}; use --host 127.0.0.1`,
        ENOTFOUND: `${host} is no address; use --host 127.0.0.1`,
      };
      reject(new StartError(why[error.code ?? ""] ?? `cannot listen on ${host}:${port}: ${error.message}`));
    });
    http.listen(port, host, () => resolve((http.address() as AddressInfo).port));
  });
}

async function closeAll(http: Server, commit: { close(): Promise<void> }, engine: { close(): Promise<void> }): Promise<void> {
  const stopped = new Promise<void>((resolve) => http.close(() => resolve()));
  http.closeIdleConnections();
  await commit.close();
  // Answers under way have what they wait for; a client that keeps its connection open does not hold us up.
  const patience = setTimeout(() => http.closeAllConnections(), 2000);
  await stopped;
  clearTimeout(patience);
  await engine.close();
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
