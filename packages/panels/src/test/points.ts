import { encodePoint } from "@monotask/telemetry";
import type { Kind, PointFields } from "@monotask/telemetry";

export interface TimedPoint {
  readonly indexes: string[];
  readonly blobs: string[];
  readonly doubles: number[];
  readonly timestamp: number;
}

export function pointAt<K extends Kind>(timestamp: number, kind: K, fields: PointFields<K>): TimedPoint {
  return { ...encodePoint(kind, fields), timestamp };
}

/** Points of all kinds that the shipped dashboard reads, the same for the same seed, over three hours from `fromMs`. */
export function mixedPoints(fromMs: number, random: () => number, count: number): TimedPoint[] {
  const pick = <T>(...options: readonly [T, ...T[]]): T => options[Math.floor(random() * options.length)] ?? options[0];
  return Array.from({ length: count }, () => {
    const at = fromMs + Math.floor(random() * 3 * 3_600) * 1_000;
    const identity = {
      workerName: pick("api", "tasks"),
      environment: "production",
      version: pick("v1", "v2"),
      sampleWeight: pick(1, 1, 10),
    };
    switch (pick("request", "request", "request", "error", "queue", "sandbox", "external", "invocation", "gauge")) {
      case "error":
        return pointAt(at, "error", {
          ...identity,
          severity: pick("critical", "warning"),
          errorName: "Error",
          fingerprint: pick("a", "b"),
        });
      case "queue":
        return pointAt(at, "queue", {
          ...identity,
          queue: pick("agent-jobs", "mail"),
          queueProcessingTimeMs: random() * 8_000,
          okCount: Math.floor(random() * 10),
          retriedCount: pick(0, 0, 1),
          deadCount: pick(0, 0, 0, 1),
        });
      case "sandbox": {
        const event = pick("provisioned", "executed");
        return pointAt(at, "sandbox", {
          ...identity,
          pool: "agents",
          event,
          outcome: pick("ok", "ok", "timeout"),
          provisionMs: event === "provisioned" ? random() * 3_000 : 0,
          activeCount: Math.floor(random() * 20),
          capacity: 20,
          cpuMs: pick(0, 12),
          memoryBytes: pick(0, 2 ** 28),
        });
      }
      case "external":
        return pointAt(at, "external", {
          ...identity,
          host: pick("api.github.com", "api.anthropic.com"),
          durationMs: random() * 900,
        });
      case "invocation":
        return pointAt(at, "invocation", { ...identity, eventType: "fetch", outcome: "ok", cpuMs: random() * 9 });
      case "gauge": {
        const name = pick(
          "queue_depth",
          "dead_letters_unresolved",
          "worker.memory.p50",
          "worker.cpu.p99",
          "d1.rowsRead",
          "kv.read",
          "r2.GetObject",
          "sandbox_active",
          "sandbox_capacity",
        );
        return pointAt(at, "gauge", {
          ...identity,
          sampleWeight: 1,
          name,
          subject: pick("agent-jobs", "mail"),
          value: Math.floor(random() * 300),
        });
      }
      case "request":
        return pointAt(at, "request", {
          ...identity,
          endpoint: pick("/api/tasks", "/api/tasks/:id", "/api/projects"),
          method: "GET",
          statusCode: "200",
          outcome: pick("ok", "ok", "ok", "client_error", "error"),
          durationMs: random() * 400,
          dbQueryCount: pick(0, 1, 3),
          dbQueryTimeMs: random() * 60,
          kvReads: pick(0, 1, 2),
          kvHits: pick(0, 1),
          kvWrites: pick(0, 1),
        });
    }
  });
}
