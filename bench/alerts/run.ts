import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { prepareWorkerd } from "../../packages/alerts/test/kill/workerd.ts";
import { answering, startPeer, type Peer } from "../../packages/alerts/test/servers.ts";

/** AlertManager in a workerd of its own, with SQLite on disk and real HTTP peers on loopback. */
const PORT = 11_420;
const OPEN_ALERTS = 5_000;
const CONCURRENCY = 16;
/** Virtual milliseconds in a real one: the group wait of 10 s takes 100 ms, and is taken off what is measured. */
const CLOCK_RATE = 100;
const GROUP_WAIT_MS = 10_000 / CLOCK_RATE;
const seconds = Number(process.argv[2] ?? 20);
const LEAVES = 200;

const slack = await startPeer(answering(200, "ok"));
const arrivals = new Map<string, number>();
const pagerduty: Peer = await startPeer((response, _, { text }) => {
  const { payload } = JSON.parse(text) as { payload?: { source: string } };
  if (payload && !arrivals.has(payload.source)) arrivals.set(payload.source, performance.now());
  response.writeHead(202).end('{"status":"success"}');
});
const workerd = prepareWorkerd(PORT, {
  SLACK_WEBHOOK_URL: `${slack.url}/services/x`,
  PAGERDUTY_ROUTING_KEY: "0".repeat(32),
  PAGERDUTY_EVENTS_URL: `${pagerduty.url}/v2/enqueue`,
  ALLOW_LOOPBACK_CHANNELS: "true",
  MONOTASK_CLOCK: JSON.stringify({ realMs: Date.now(), virtualMs: Date.now(), rate: CLOCK_RATE }),
});
await workerd.start();

let batches = 0;

async function raise(signals: object[]): Promise<void> {
  batches += 1;
  const response = await fetch(workerd.url, {
    method: "POST",
    body: JSON.stringify({ id: `b${batches}`, source: "evaluator", signals }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`a raise was answered with ${response.status}: ${text.slice(0, 200)}`);
}

function signal(name: string, worker: string, severity: "critical" | "info"): object {
  const labels = { worker, environment: "production", team: "bench", symptom: "errors", severity };
  return {
    name,
    labels,
    status: "firing",
    startsAt: Date.now(),
    summary: `${name} of ${worker} fails`,
    description: "412 of 9,310 requests failed.",
  };
}

/** Runs the work with a number of callers at once until the time is over; gives how often a second, and AlertManager's CPU time for each. */
async function sustained(work: (n: number) => Promise<void>): Promise<{ perSecond: number; cpuMsEach: number }> {
  const cpuMs = workerd.cpuMs();
  const untilMs = performance.now() + seconds * 1000;
  let done = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < untilMs) {
      await work(done);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, caller));
  return { perSecond: Math.round(done / seconds), cpuMsEach: Math.round(((workerd.cpuMs() - cpuMs) / done) * 100) / 100 };
}

// Open alerts in 250 groups; info alerts are logged only, so that the bench measures AlertManager and not Slack's rate limit.
for (let start = 0; start < OPEN_ALERTS; start += 100) {
  await raise(
    Array.from({ length: 100 }, (_, n) => signal(`rule-${(start + n) % 20}`, `worker-${Math.floor((start + n) / 20)}`, "info")),
  );
}

const leaveMs: number[] = [];
for (let n = 0; n < LEAVES; n += 1) {
  const worker = `leave-${n}`;
  const raisedAtMs = performance.now();
  await raise([signal("down", worker, "critical")]);
  while (!arrivals.has(worker)) await new Promise((resolve) => setTimeout(resolve, 1));
  leaveMs.push((arrivals.get(worker) ?? 0) - raisedAtMs - GROUP_WAIT_MS);
}
leaveMs.sort((a, b) => a - b);

const repeated = await sustained((n) => raise([signal(`rule-${n % 20}`, `worker-${n % 250}`, "info")]));
const fresh = await sustained((n) => raise([signal(`rule-new-${n % 5}`, `fresh-${n}`, "info")]));

const result = {
  name: "alerts",
  at: new Date().toISOString(),
  cores: cpus().length,
  seconds,
  openAlerts: OPEN_ALERTS,
  raiseToLeaveMs: { p50: at(leaveMs, 0.5), p95: at(leaveMs, 0.95), max: at(leaveMs, 1), goalP95: 300 },
  raisesPerSecond: { repeated: repeated.perSecond, fresh: fresh.perSecond, goal: 500 },
  // What the machine does beside does not change it much: 1 ms each leaves room for 1,000 a second on one core.
  cpuMsPerRaise: { repeated: repeated.cpuMsEach, fresh: fresh.cpuMsEach },
};
mkdirSync(join(import.meta.dirname, "../results"), { recursive: true });
writeFileSync(join(import.meta.dirname, "../results/alerts.json"), `${JSON.stringify(result, undefined, 2)}\n`);
console.log(JSON.stringify(result, undefined, 2));
await workerd.kill();
await Promise.all([slack.close(), pagerduty.close()]);

function at(sorted: readonly number[], share: number): number {
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN) * 10) / 10;
}
