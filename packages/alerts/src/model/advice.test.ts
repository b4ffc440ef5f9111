import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { signal } from "../../test/signals.ts";
import { cleanSignal } from "./clean-signal.ts";
import type { AlertSignal } from "./signal.ts";

const RUNBOOKS = join(import.meta.dirname, "../../../../runbooks");

/** What a worker raises of an error: facts only. */
function raised(category: string): AlertSignal {
  return signal(`error:${category}`, { labels: { category } });
}

function cleaned(given: AlertSignal): Partial<AlertSignal> {
  return cleanSignal(given, "worker", 0) ?? {};
}

describe("what a worker raises", () => {
  it.each([
    ["database", "database-slow", "Is D1 answering? Look at query time and D1 status"],
    ["external-api", "high-error-rate", "Does the other service report an incident?"],
    ["timeout", "worker-timeout", "Which call takes the time: database, other service or own code?"],
    ["cpu-memory", "worker-timeout", "Did a deploy raise CPU time or memory?"],
    ["queue", "queue-backup", "Is the backlog growing?"],
    ["sandbox", "sandbox-stuck", "How many sandboxes are active?"],
    ["unknown", "high-error-rate", "Was a version deployed just before the first occurrence?"],
    ["a category of the user's own", "high-error-rate", "Was a version deployed just before the first occurrence?"],
    ["constructor", "high-error-rate", "Was a version deployed just before the first occurrence?"],
  ])("of %j gets the runbook %s and its first check", (category, runbook, check) => {
    const { runbook: named, suggestedChecks } = cleaned(raised(category));
    expect(named).toBe(runbook);
    expect(suggestedChecks?.[0]).toBe(check);
    expect(suggestedChecks?.at(-1)).toBe(`Follow runbooks/${runbook}.md`);
    expect(existsSync(join(RUNBOOKS, `${runbook}.md`))).toBe(true);
  });

  it("of a poison message names the queue to look into", () => {
    const { runbook, suggestedChecks } = cleaned(signal("queue:poison", { labels: { queue: "agent-jobs" } }));
    expect(runbook).toBe("queue-backup");
    expect(suggestedChecks?.[0]).toBe("monotask queue dlq list --queue agent-jobs");
  });

  it("keeps what its raiser says itself", () => {
    const own = { runbookUrl: "runbooks/database-slow.md", suggestedChecks: ["ask Bo"] };
    expect(cleaned({ ...raised("queue"), ...own })).toMatchObject({ runbook: "database-slow", suggestedChecks: ["ask Bo"] });
  });

  it("gets no advice where it is no error of a category", () => {
    for (const other of [signal("slo:api"), signal("error:database", { labels: { category: "queue" } })])
      expect(cleaned(other)).not.toHaveProperty("suggestedChecks");
  });
});
