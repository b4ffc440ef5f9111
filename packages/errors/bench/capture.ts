// CPU and bytes of capturing each hostile value once: `node packages/errors/bench/capture.ts`. Prints one JSON object.
import process from "node:process";
import { createErrorAlerter } from "../dist/index.js";
import { hostileValues } from "../test/hostile-values.ts";

const REPEATS = 9;
const quiet = { error: () => undefined, warn: () => undefined, log: () => undefined };
Object.assign(console, { ...quiet, log: console.log.bind(console) });

const alerter = createErrorAlerter({}, "bench");

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1_000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

// Warm, as an isolate is that has met an error before.
for (let round = 0; round < 3; round += 1) for (const [, make] of hostileValues) alerter.createErrorContext(make());

const rows = hostileValues.map(([name, make]) => {
  // Made once: collecting fifty megabytes again and again is the maker's cost.
  const value = make();
  let bytes = 0;
  const samples = Array.from({ length: REPEATS }, () =>
    cpuMs(() => {
      bytes = new TextEncoder().encode(JSON.stringify(alerter.createErrorContext(value))).length;
    }),
  );
  return { name, medianMs: Number(median(samples).toFixed(3)), maxMs: Number(Math.max(...samples).toFixed(3)), bytes };
});

const ordinary = new Error("Database connection failed");
const request = new Request("https://api.test/api/tasks/42");
const rounds = 5_000;
const ordinaryMicroseconds =
  (cpuMs(() => {
    for (let round = 0; round < rounds; round += 1) alerter.createErrorContext(ordinary, request, { userId: "user_123" });
  }) *
    1_000) /
  rounds;

console.log(
  JSON.stringify(
    {
      values: rows.length,
      slowestMedianMs: Math.max(...rows.map((row) => row.medianMs)),
      mostBytes: Math.max(...rows.map((row) => row.bytes)),
      ordinaryMicroseconds: Number(ordinaryMicroseconds.toFixed(1)),
      slowest: [...rows].sort((a, b) => b.medianMs - a.medianMs).slice(0, 8),
    },
    undefined,
    2,
  ),
);
