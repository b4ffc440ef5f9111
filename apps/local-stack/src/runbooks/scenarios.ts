import { encodePoint } from "@monotask/telemetry";
import type { DemoCalls } from "./demo-calls.ts";

/** A fault that is switched on, what people do meanwhile, and what the blocks of the runbook must say then. */
export interface Scenario {
  readonly runbook: string;
  readonly fault: string;
  /** Before the fault, so that the healthy version is seen too. */
  readonly healthy?: (demo: DemoCalls) => Promise<void>;
  readonly faults: Readonly<Record<string, number | boolean>>;
  readonly broken: (demo: DemoCalls) => Promise<void>;
  /** Points of what a laptop cannot do; they are marked as invented. */
  readonly invented?: readonly ReturnType<typeof encodePoint>[];
  /** Step of the page → the sentence that names the cause. */
  readonly says: Readonly<Record<number, RegExp>>;
  /** What is done about it afterwards, by steps of the page that change something here. */
  readonly mends?: readonly { readonly step: number; readonly set?: Readonly<Record<string, string>>; readonly prints: RegExp }[];
}

const TASKS = "/api/tasks?limit=20";
const INVENTED = { requestId: "synthetic", workerName: "monotask-demo", environment: "production" } as const;

/** In the order in which they are run: what leaves something behind comes last. */
export const SCENARIOS: readonly Scenario[] = [
  {
    runbook: "high-error-rate",
    fault: "a version whose code does not fit the schema",
    healthy: async (demo) => {
      await demo.makeTasks(20);
      await demo.get(TASKS, 20);
    },
    faults: { badDeploy: true },
    broken: (demo) => demo.tryTasks(40),
    says: {
      1: /^9\d(\.\d)? %|^100 % of errors are `D1_ERROR: .*priority_level.*` on POST \/api\/tasks, version bad-deploy\.$/,
      2: /of requests to \/api\/tasks fail/,
      3: /of errors are of category database/,
      4: /^One bug makes \S+ % of errors: Error `D1_ERROR: .*priority_level/,
      5: /^The schema does not fit version bad-deploy: `D1_ERROR: .*Apply the migration or roll back/,
      10: /^Version bad-deploy fails .* of its requests, the others 0 %: roll back\.$/,
      15: /^Not over:/,
    },
  },
  {
    runbook: "high-error-rate",
    fault: "a handler that throws",
    faults: { errorRate: 0.5, seed: 7 },
    broken: (demo) => demo.get(TASKS, 40),
    says: { 6: /^Own code: Error `Injected fault: the handler failed` makes 100 % of unclassified errors/ },
  },
  {
    runbook: "high-error-rate",
    fault: "other services that reset every connection",
    faults: { upstreamDown: true },
    broken: (demo) => demo.get("/api/repos/acme/web", 20),
    says: {
      7: /^127\.0\.0\.1:\d+ fails: (\d+) of \1 calls \(100 %\)/,
      13: /^Open the circuit of 127\.0\.0\.1:\d+ in monotask-demo: 100 % of/,
    },
  },
  {
    runbook: "high-error-rate",
    fault: "other services that limit us",
    faults: { upstream429: true },
    broken: (demo) => demo.get("/api/repos/acme/api", 20),
    says: { 8: /^Our own limits are not the cause/, 9: /^127\.0\.0\.1:\d+ limits us: (\d+) of \1 calls got 429/ },
  },
  {
    runbook: "database-slow",
    fault: "a version that needs an index which is not there",
    healthy: async (demo) => {
      await demo.makeTasks(5);
      await demo.get(TASKS, 12);
    },
    faults: { badDeploy: true, slowQuery: true },
    broken: async (demo) => {
      await demo.get(TASKS, 8);
      await demo.tryTasks(3);
    },
    says: {
      1: /of all database time is spent on \/api\/tasks: P95/,
      2: /of \d+ queries of \/api\/tasks take 100 ms or longer/,
      3: /^\/api\/tasks reads \S+ [kM] rows a query: an index is missing/,
      7: /^Begin with \/api\/tasks: .* are the database's/,
      8: /^Version bad-deploy spends .* a request in the database, the others .*: roll back\.$/,
      10: /^No lock error: the most frequent database error is `D1_ERROR: .*priority_level/,
      12: /^Not over:/,
    },
  },
  {
    runbook: "database-slow",
    fault: "a query for every row of another",
    faults: { nPlusOne: true },
    broken: (demo) => demo.get(TASKS, 8),
    says: { 6: /^\/api\/tasks sends 61 queries a request, 61 at most: an N\+1 pattern\.$/ },
  },
  {
    runbook: "database-slow",
    fault: "a writer that holds the lock",
    faults: { lockContention: true },
    broken: async (demo) => void (await demo.makeTasks(6)),
    says: { 9: /^\/api\/tasks writes \S+ % of all rows, .* a request, and waits .* \(P95\): it holds the write lock\.$/ },
  },
  {
    runbook: "worker-timeout",
    fault: "another service that does not answer in time, and a version that computes for too long",
    faults: { upstreamSlowMs: 6_000 },
    broken: (demo) => demo.get("/api/repos/acme/mobile", 12),
    invented: Array.from({ length: 20 }, () =>
      encodePoint("invocation", {
        ...INVENTED,
        version: "loops",
        eventType: "fetch",
        outcome: "exceededCpu",
        cpuMs: 30_000,
        durationMs: 30_100,
      }),
    ),
    says: {
      1: /^100 % of requests to \/api\/repos\/:owner\/:name time out \((\d+) of \1\)/,
      2: /^monotask-demo is killed for CPU: 20 invocations, P95 30 s of CPU/,
      3: /^100 % of timeouts are `GitHub did not answer within 5000 ms\.` on \/api\/repos\/:owner\/:name/,
      4: /^100 % of invocations of monotask-demo version loops are killed for CPU/,
      6: /^127\.0\.0\.1:\d+ does not answer in time: (\d+) of \1 calls \(100 %\)/,
      7: /^Move \/api\/repos\/:owner\/:name to a queue: P95 .* is waiting for another service\.$/,
      9: /^\/api\/repos\/:owner\/:name waits for other services/,
      10: /^Not over:/,
    },
  },
  {
    runbook: "queue-backup",
    fault: "messages that nobody understands",
    faults: { poisonMessage: 20 },
    broken: (demo) => demo.settle(8_000),
    says: {
      2: /^agent-jobs gives up: 20 of 20 messages are dead \(100 %\), without a retry/,
      8: /^20 messages of agent-jobs are dead, 100 % of them for one reason/,
      11: /^20 poison messages in agent-jobs, all with fingerprint/,
      12: /^100 % of background errors are one bug: Problem in agent execution\./,
      15: /^The backlog of agent-jobs drains, but only 0 % of messages succeed/,
    },
    mends: [
      { step: 9, set: { queue: "agent-jobs" }, prints: /20|agent-jobs/ },
      { step: 10, set: { queue: "agent-jobs" }, prints: /redriv|sent/i },
    ],
  },
  {
    runbook: "sandbox-stuck",
    fault: "agents that wait for ever, agents that nobody knows of, and a pool that is full",
    faults: { sandboxStuck: true, sandboxOrphan: 5, sandboxCapacity: 24 },
    broken: async (demo) => {
      for (const id of await demo.makeTasks(1)) await demo.post(`/api/tasks/${id}/execute`, {}, 1);
      await demo.settle(16_000);
    },
    invented: [
      encodePoint("sandbox", {
        ...INVENTED,
        pool: "agents",
        event: "stuck",
        owner: "tsk_x",
        sandboxId: "sbx-x",
        lifetimeMs: 900_000,
      }),
      ...Array.from({ length: 4 }, () =>
        encodePoint("sandbox", { ...INVENTED, pool: "agents", event: "provisioned", outcome: "ok", provisionMs: 60_000 }),
      ),
    ],
    says: {
      1: /^Up to 2\d sandboxes of agents are active \(above 20\)/,
      2: /^100 % of what sandboxes of agents did timed out/,
      3: /^Sandboxes of agents do not end: \d+ of 2\d were destroyed/,
      4: /^agents starts slowly: P95 1 min/,
      5: /^tsk_\S+ (loops|makes 100 % of timeouts in agents)/,
      6: /^Clean up sbx-x of tsk_x first: stuck in agents for 15 min/,
      10: /^\d+ orphans in agents: they run and cost/,
      12: /^agents is (full|exhausted|nearly full): 2\d of 25/,
      14: /^Not over:/,
    },
    mends: [
      { step: 7, prints: /agents/ },
      { step: 9, prints: /stuck|sandbox/i },
      { step: 11, prints: /orphan|reconcil/i },
    ],
  },
  {
    runbook: "queue-backup",
    fault: "more jobs than the consumer works off",
    faults: { upstreamSlowMs: 6_000, queueBacklog: 250 },
    broken: (demo) => demo.settle(12_000),
    says: {
      1: /^agent-jobs holds up to 2\d\d messages \(above 100\)/,
      3: /^agent-jobs is congested: up to 2\d\d wait/,
      4: /^The consumer of agent-jobs is slow: P95/,
      6: /^agent-jobs needs more consumers: 2\d\d wait, 100 % of messages succeed/,
    },
  },
];
