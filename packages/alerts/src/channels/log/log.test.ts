import { expect, it } from "vitest";
import { alertFrom, burn, DECIDED_AT_MS, notificationOf, oversized } from "../../../test/notifications.ts";
import { peersAnswering } from "../../../test/peers.ts";
import { byteLength } from "@monotask/telemetry";
import { log } from "./index.ts";

it("writes one JSON line in the shape of all log lines", async () => {
  const lines: string[] = [];
  const { deps } = peersAnswering(() => new Response(null), { write: (line) => void lines.push(line) });
  const notification = notificationOf([alertFrom(burn)], { notes: ["slack: not configured, set SLACK_WEBHOOK_URL"] });
  expect(await log.deliver(log.render(notification), deps)).toEqual({ kind: "delivered" });
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain("\n");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: "error",
    timestamp: DECIDED_AT_MS,
    workerName: "api-gateway",
    requestId: "req-1",
    message: "[critical] api-gateway: API availability is burning 44× its budget",
    metadata: {
      notificationId: notification.id,
      severity: "critical",
      notTold: ["slack: not configured, set SLACK_WEBHOOK_URL"],
    },
  });
});

it.each([
  ["critical", "error"],
  ["warning", "warn"],
  ["info", "info"],
] as const)("logs %s as %s", (severity, level) => {
  const signal = { ...burn, labels: { ...burn.labels, severity } };
  expect(log.render(notificationOf([alertFrom(signal)])).level).toBe(level);
});

it("fits into the 256 KB that a Worker may log in one invocation", () => {
  expect(byteLength(JSON.stringify(log.render(oversized("\u0001", 200))))).toBeLessThan(256_000);
});
