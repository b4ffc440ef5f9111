// A worker in an error storm, with alerting and without: `node bench/alerts/storm.ts [seconds]`. Prints one JSON object.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { prepareWorkerd } from "../../packages/alerts/test/kill/workerd.ts";
import { answering, startPeer } from "../../packages/alerts/test/servers.ts";

const PORT = 11_430;
/** Errors of one request: what a request pays beside them does not count for much then. */
const ERRORS = 100;
/** Requests with alerting and without take turns, so that what else the machine does hurts both. */
const ROUND = 50;
const seconds = Number(process.argv[2] ?? 30);

const slack = await startPeer(answering(200, "ok"));
const vars = { SLACK_WEBHOOK_URL: `${slack.url}/services/x`, ALLOW_LOOPBACK_CHANNELS: "true", LOG_LEVEL: "error" };
const workerd = prepareWorkerd(PORT, vars, join(import.meta.dirname, "../../packages/errors/test/storm/wrangler.jsonc"));
await workerd.start();

type Alerting = "on" | "off";
const tookMs: Record<Alerting, number[]> = { on: [], off: [] };
const cpuMs: Record<Alerting, number> = { on: 0, off: 0 };

async function storm(alerting: Alerting): Promise<void> {
  const startedAtMs = performance.now();
  const response = await fetch(`${workerd.url}/?errors=${ERRORS}&alerts=${alerting}`);
  await response.text();
  if (!response.ok) throw new Error(`the worker answered ${response.status}`);
  tookMs[alerting].push(performance.now() - startedAtMs);
}

const startedAtMs = performance.now();
while (performance.now() - startedAtMs < seconds * 1000) {
  for (const alerting of ["off", "on"] as const) {
    const before = workerd.cpuMs();
    for (let n = 0; n < ROUND; n += 1) await storm(alerting);
    cpuMs[alerting] += workerd.cpuMs() - before;
  }
}
const requests = tookMs.on.length + tookMs.off.length;
const result = {
  name: "alerts-storm",
  at: new Date().toISOString(),
  cores: cpus().length,
  seconds,
  errorsPerSecond: Math.round((requests * ERRORS) / ((performance.now() - startedAtMs) / 1000)),
  /** CPU time of the worker for each error: what else the machine does changes it little. */
  cpuMicrosecondsAnError: { without: cpuOf("off"), with: cpuOf("on") },
  p50Ms: { without: at(tookMs.off, 0.5), with: at(tookMs.on, 0.5) },
  p99Ms: { without: at(tookMs.off, 0.99), with: at(tookMs.on, 0.99), ratio: ratio(0.99), goalRatio: 1.2 },
  /** One alert, told once, is what a storm of one rule may cost people. */
  messages: slack.got.length,
};
mkdirSync(join(import.meta.dirname, "../results"), { recursive: true });
writeFileSync(join(import.meta.dirname, "../results/alerts-storm.json"), `${JSON.stringify(result, undefined, 2)}\n`);
console.log(JSON.stringify(result, undefined, 2));
await workerd.kill();
await slack.close();

function at(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN) * 100) / 100;
}

function cpuOf(alerting: Alerting): number {
  return Math.round((cpuMs[alerting] * 10_000) / (tookMs[alerting].length * ERRORS)) / 10;
}

function ratio(share: number): number {
  return Math.round((at(tookMs.on, share) / at(tookMs.off, share)) * 100) / 100;
}
