import { parseSlos } from "../../../packages/slo/src/index.ts";
import type { Slo } from "../../../packages/slo/src/index.ts";

/** Availability SLOs with the default table: 8 windows and 4 rules each, one worker an SLO. */
export function bigCatalogue(count: number): readonly Slo[] {
  return parseSlos([{ file: "bench.yaml", text: catalogueText(count) }]).slos;
}

export function catalogueText(count: number): string {
  const entries = Array.from(
    { length: count },
    (_, at) =>
      `  - { name: slo-${at}, service: s, indicator: { kind: request, filter: { worker: worker-${at} }, good: availability }, target: "99.9%" }`,
  );
  return `apiVersion: monotask.dev/v1\nslos:\n${entries.join("\n")}\n`;
}

/** One objective on one route. */
export function routedCatalogue(): readonly Slo[] {
  const filter = "{ worker: worker-0, endpoint: /api/tasks/:id }";
  const entry = `{ name: routed, service: s, indicator: { kind: request, filter: ${filter}, good: availability }, target: "99.9%" }`;
  return parseSlos([
    {
      file: "bench.yaml",
      text: `apiVersion: monotask.dev/v1\nslos: [${entry}]\n`,
    },
  ]).slos;
}

/** What the query answers: good requests of each worker in each minute, and failures of some. */
export function measurementRows(slos: readonly Slo[], fromMinute: number, toMinute: number): Record<string, string | number>[] {
  const rows: Record<string, string | number>[] = [];
  for (let minute = fromMinute; minute <= toMinute; minute += 1) {
    for (const [index, slo] of slos.entries()) {
      const row = {
        minute: minute * 60,
        kind: "request",
        worker: slo.indicator.filter.worker?.[0] ?? "",
        environment: "production",
        version: "v1",
        status: "200",
        outcome: "ok",
        subject: "",
        schemaVersion: "1",
        events: 1_000 + ((minute * 31 + index) % 97),
        variance: 0,
      };
      rows.push(row);
      if ((minute + index) % 10 === 0) rows.push({ ...row, status: "500", outcome: "error", events: 3 });
    }
  }
  return rows;
}

/** The same as the SQL API's answer. */
export function answerText(slos: readonly Slo[], fromMinute: number, toMinute: number): string {
  const data = measurementRows(slos, fromMinute, toMinute);
  const meta = Object.entries(data[0] ?? {}).map(([name, value]) => ({
    name,
    type: typeof value === "number" ? "Float64" : "String",
  }));
  return JSON.stringify({ meta, data, rows: data.length });
}

/** Logpush lines of requests, as Cloudflare writes them, without logs and exceptions. */
export function traceLines(count: number): string[] {
  return Array.from({ length: count }, (_, at) =>
    JSON.stringify({
      EventTimestampMs: 1_740_002_400_000 + at * 20,
      EventType: "fetch",
      Event: {
        RayID: `8${at}`,
        Request: {
          URL: `https://api.test/api/tasks/${at % 500}`,
          Method: "GET",
        },
        Response: { Status: at % 99 === 0 ? 503 : 200 },
      },
      Outcome: "ok",
      ScriptName: "worker-0",
      WallTimeMs: at % 300,
      CPUTimeMs: 2,
      Logs: [],
      Exceptions: [],
    }),
  );
}
