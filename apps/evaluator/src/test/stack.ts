import { env } from "cloudflare:workers";
import { keptAlertId } from "@monotask/alerts";
import type { AlertSignal, AlertView, RaiseBatch } from "@monotask/alerts";
import { parseSlos } from "@monotask/slo";
import type { Query, QueryResult, Row } from "@monotask/telemetry";
import { createLogger, systemClock } from "@monotask/telemetry";
import { createSloStore } from "../slo/store.ts";
import { runTick } from "../slo/tick.ts";
import type { TickDeps } from "../slo/tick.ts";

export const SPEC_HEAD = "apiVersion: monotask.dev/v1\nslos:\n";
export const SPEC_ENTRY = `
  - name: availability
    service: api
    indicator: { kind: request, filter: { worker: api }, good: availability }
    target: "99.9%"
    window: 30d
    runbook: runbooks/high-error-rate.md
`;
const SPEC = SPEC_HEAD + SPEC_ENTRY;
export const { slos } = parseSlos([{ file: "slos.yaml", text: SPEC }]);
export const START = 29_000_000;
export const MINUTE_MS = 60_000;

export interface Stack {
  readonly deps: TickDeps;
  readonly store: TickDeps["store"];
  readonly queries: Query[];
  readonly batches: RaiseBatch[];
  tickAt(minute: number): ReturnType<typeof runTick>;
  signals(): AlertSignal[];
  refuseRaises(refuses: boolean): void;
  loseStore(isLost: boolean): void;
  onSave(note: (rows: number) => void): void;
  answerWith(result: QueryResult | undefined): void;
  /** Minutes of which no row comes. */
  silence(isSilent: (minute: number) => boolean): void;
}

type OtherVersions = (minute: number) => { version: string; total: number; bad: number }[];

/** An evaluator on a real D1, over traffic of 100 requests a minute of which `failuresAt` fail. */
export function evaluator(
  failuresAt: (minute: number) => number,
  others: OtherVersions = () => [],
  judged: TickDeps["slos"] = slos,
): Stack {
  const real = createSloStore(env.DB);
  const queries: Query[] = [];
  const batches: RaiseBatch[] = [];
  let isRefusing = false;
  let isLost = false;
  let noted: ((rows: number) => void) | undefined;
  let answer: QueryResult | undefined;
  let isSilent: (minute: number) => boolean = () => false;
  const store: TickDeps["store"] = {
    ...real,
    load: (list) => (isLost ? Promise.reject(new Error("D1_ERROR: no such database")) : real.load(list)),
    async save(list, record) {
      const rows = await real.save(list, record);
      noted?.(rows);
      return rows;
    },
  };
  const deps: TickDeps = {
    slos: judged,
    store,
    defaults: { environment: "production", team: "platform" },
    logger: createLogger({ workerName: "test", level: "error", clock: systemClock, write: () => undefined }),
    query: {
      run(query) {
        queries.push(query);
        return Promise.resolve(
          answer ?? {
            kind: "rows",
            rows: rowsOf(query, failuresAt, others).filter(({ minute }) => !isSilent(Number(minute) / 60)),
          },
        );
      },
    },
    alerts: {
      raise(batch) {
        if (isRefusing) return Promise.reject(new Error("AlertManager is away"));
        batches.push(batch);
        return Promise.resolve({ accepted: batch.signals.length, duplicate: false });
      },
      wake: () => Promise.resolve(),
      page: () => Promise.resolve({ alerts: openAlerts(batches), total: openAlerts(batches).length }),
    },
  };
  return {
    deps,
    store,
    queries,
    batches,
    tickAt: (minute) => runTick(deps, minute * MINUTE_MS),
    signals: () => batches.flatMap((batch) => batch.signals),
    refuseRaises: (refuses) => (isRefusing = refuses),
    loseStore: (lost) => (isLost = lost),
    onSave: (note) => (noted = note),
    answerWith: (result) => (answer = result),
    silence: (silent) => (isSilent = silent),
  };
}

/** What AlertManager would list after these batches. */
export function openAlerts(batches: readonly RaiseBatch[]): AlertView[] {
  const open = new Map<string, AlertView>();
  const once = [...new Map(batches.map((batch) => [batch.id, batch])).values()];
  for (const { name, labels, status, startsAt, summary, description } of once.flatMap((batch) => batch.signals)) {
    const id = keptAlertId({ name, labels });
    if (status === "resolved") open.delete(id);
    else
      open.set(id, {
        ...{ id, name, labels, summary, description, groupKey: `worker=${labels.worker}`, status: "firing" },
        ...{ severity: labels.severity, startsAtMs: startsAt, lastRaisedAtMs: startsAt, count: 1 },
        ...{ escalationLevel: 0, errors: [], toldChannels: [] },
      });
  }
  return [...open.values()];
}

interface Deadline {
  left: number;
  readonly isBefore: boolean;
  operations: number;
}

/** The same deps, whose process dies before or after the n-th operation: nothing after it ever happens. */
export function killable(deps: TickDeps, deadline: Deadline): { deps: TickDeps; death: Promise<void> } {
  const death = Promise.withResolvers<undefined>();
  const never = new Promise<never>(() => undefined);
  const guard = <A extends unknown[], R>(operation: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      deadline.operations += 1;
      deadline.left -= 1;
      const dies = deadline.left === 0;
      if (dies && deadline.isBefore) {
        death.resolve(undefined);
        return never;
      }
      const result = await operation(...args);
      if (!dies) return result;
      death.resolve(undefined);
      return never;
    };
  };
  const { store, query, alerts } = deps;
  const dying: TickDeps = {
    ...deps,
    query: { run: guard(query.run.bind(query)) },
    alerts: {
      raise: guard(alerts.raise.bind(alerts)),
      wake: guard(alerts.wake.bind(alerts)),
      page: guard(alerts.page.bind(alerts)),
    },
    store: {
      ...store,
      load: guard(store.load),
      measurement: guard(store.measurement),
      saveMeasurement: guard(store.saveMeasurement),
      rows: guard(store.rows),
      history: guard(store.history),
      save: guard(store.save),
      untoldTicks: guard(store.untoldTicks),
      markTold: guard(store.markTold),
      knownExclusions: guard(store.knownExclusions),
      saveExclusions: guard(store.saveExclusions),
      invocations: guard(store.invocations),
    },
  };
  return { deps: dying, death: death.promise };
}

function rowsOf(query: Query, failuresAt: (minute: number) => number, others: OtherVersions): Row[] {
  const rows: Row[] = [];
  for (let minute = query.fromMs / MINUTE_MS; minute < query.toMs / MINUTE_MS; minute += 1) {
    for (const { version, total, bad } of [{ version: "v1", total: 100, bad: failuresAt(minute) }, ...others(minute)]) {
      const row = {
        minute: minute * 60,
        kind: "request",
        version,
        worker: "api",
        environment: "production",
        outcome: "ok",
        schemaVersion: "1",
        variance: 0,
      };
      rows.push({ ...row, status: "200", events: total - bad });
      if (bad > 0) rows.push({ ...row, status: "500", outcome: "error", events: bad });
    }
  }
  return rows;
}
