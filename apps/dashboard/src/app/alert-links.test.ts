import { describe, expect, it } from "vitest";
import { matchersFor, matchersOf, panelOf } from "./alert-links.ts";

describe("an alert", () => {
  it.each([
    ["http://127.0.0.1:8789/sections/queue-metrics?from=1&panel=dlq-count", "/sections/queue-metrics", "dlq-count"],
    ["https://evil.example/sections/worker-health", "/sections/worker-health", undefined],
    ["https://evil.example/elsewhere?panel=x", "/sections/worker-health", undefined],
    ["javascript:alert(1)", "/sections/worker-health", undefined],
    ["not a link", "/sections/worker-health", undefined],
    [undefined, "/sections/worker-health", undefined],
  ])("that links to %s is seen at %s", (dashboardUrl, path, panel) => {
    expect(panelOf({ ...(dashboardUrl !== undefined && { dashboardUrl }) })).toEqual({ path, panel });
  });

  it("whose name holds spaces is silenced by that name", () => {
    const text = matchersFor({ name: "disk almost full", labels: { worker: "api" } });
    expect(matchersOf(text)).toEqual(["name=disk almost full", "worker=api"]);
  });

  it("of no worker is silenced by its name alone", () => {
    expect(matchersOf(matchersFor({ name: "x", labels: {} }))).toEqual(["name=x"]);
  });

  it("takes no empty line for a matcher", () => expect(matchersOf("\n  name=x  \n\n")).toEqual(["name=x"]));
});
