import { encodePoint } from "@monotask/telemetry";
import type { TimedPoint } from "../history/points.ts";

/** Sets this on the page if any of it ever runs. */
export const TRAP = "__ran";

/** Texts that run where a page is careless: in messages, stacks, routes, workers, versions. */
export const HOSTILE_TEXTS: readonly string[] = [
  `<script>window.${TRAP}=1</script>`,
  `<img src=x onerror="window.${TRAP}=1">`,
  `"><svg/onload=window.${TRAP}=1>`,
  `javascript:window.${TRAP}=1`,
  `{{constructor.constructor('window.${TRAP}=1')()}}`,
  `'; DROP TABLE monotask; --`,
  `</title></style></textarea><script>window.${TRAP}=1</script>`,
  `<a href="javascript:window.${TRAP}=1">click</a>`,
  `[x](javascript:window.${TRAP}=1)`,
  `\u202Egnp.exe\u2028\u0000\uFEFF`,
  `${"A".repeat(400)}<iframe srcdoc="<script>parent.${TRAP}=1</script>">`,
];

/** One error and one request for each text, each text in every place that people read. */
export function hostilePoints(atMs: number): TimedPoint[] {
  return HOSTILE_TEXTS.flatMap((text, at) => {
    const identity = {
      requestId: text,
      workerName: text,
      endpoint: text,
      method: "GET",
      version: text,
      environment: "production",
      sampleWeight: 1,
    };
    const error = {
      errorName: text,
      severity: "critical",
      category: text,
      fingerprint: `hostile${at}`,
      message: text,
      stack: text,
      operation: text,
    };
    return [
      { ...encodePoint("error", { ...identity, ...error }), timestamp: atMs },
      { ...encodePoint("request", { ...identity, statusCode: "500", outcome: "error", durationMs: 5 }), timestamp: atMs },
    ];
  });
}
