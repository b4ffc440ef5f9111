import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { routePattern } from "./route-pattern.ts";

describe("routePattern", () => {
  test.each([
    ["/", "/"],
    ["", "/"],
    ["/api/tasks", "/api/tasks"],
    ["/api/tasks/", "/api/tasks/"],
    ["/api/v1/task-states/in_progress", "/api/v1/task-states/in_progress"],
    ["/api/getTaskStateTransitions", "/api/getTaskStateTransitions"],
    ["/api/tasks/42", "/api/tasks/:id"],
    ["/api/tasks/42/runs/7", "/api/tasks/:id/runs/:id"],
    ["/u/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "/u/:id"],
    ["/u/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/u/:id"],
    ["/u/usr_8f3kd92", "/u/:id"],
    ["/u/9fceb02d0ae598e9", "/u/:id"],
    ["/u/V1StGXR8_Z5jdHi6B-myT", "/u/:id"],
    ["/u/bob@example.com", "/u/:id"],
    ["/u/bob%40example.com", "/u/:id"],
    ["/reports/2026-11-24", "/reports/:id"],
    ["/invoices/42.pdf", "/invoices/:id"],
    ["/tasks/1,2,3", "/tasks/:id"],
    ["/issues/OPS-1234", "/issues/:id"],
    ["/api/1.0/utf-8", "/api/1.0/utf-8"],
    ["/assets/index.3f2a1c9d8e7b.js", "/assets/:id"],
    [`/reset/${"x".repeat(65)}`, "/reset/:id"],
  ])("of %j is %j", (path, pattern) => {
    expect(routePattern(path)).toBe(pattern);
  });

  test("has at most 24 segments of at most 64 characters, whatever the path", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 200 }), { maxLength: 60 }), (segments) => {
        const pattern = routePattern(`/${segments.join("/")}`);
        expect(pattern.split("/").length).toBeLessThanOrEqual(24);
        expect(Math.max(...pattern.split("/").map((segment) => segment.length))).toBeLessThanOrEqual(64);
      }),
    );
  });

  test("of a pattern is the pattern", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 90 }), { maxLength: 30 }), (segments) => {
        const path = `/${segments.join("/")}`;
        expect(routePattern(routePattern(path))).toBe(routePattern(path));
      }),
    );
  });

  test("of a thousand ids is one pattern", () => {
    const patterns = Array.from({ length: 1_000 }, (_, i) => routePattern(`/api/tasks/${i}/runs/run_${i + 1_000}`));
    expect([...new Set(patterns)]).toEqual(["/api/tasks/:id/runs/:id"]);
  });
});
