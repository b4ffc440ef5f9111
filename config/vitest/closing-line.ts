import type { Reporter, SerializedError, TestModule } from "vitest/node";

/** Ends the run with `N passed, N failed[, N skipped]` alone on the last line; what cannot be collected counts as failed. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      let seen = 0;
      for (const test of module.children.allTests()) {
        count[test.result().state] += 1;
        seen += 1;
      }
      if (module.state() === "failed" && (seen === 0 || module.errors().length > 0)) count.failed += 1;
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
    const line = `${count.passed} passed, ${count.failed + count.pending} failed${skipped}`;
    process.once("exit", () => {
      process.stdout.write(`${line}\n`);
    });
  }
}
