import { defineProject, type UserWorkspaceConfig } from "vitest/config";

/** Tests of a package that needs nothing of workerd. */
export function nodeTests(name: string, include: string[] = ["src/**/*.test.ts"]): UserWorkspaceConfig {
  return defineProject({
    test: {
      name,
      include,
      exclude: ["**/*.worker.test.ts", "**/node_modules/**"],
      environment: "node",
      // Properties and real engines take their time where other work runs on the same cores.
      testTimeout: 30_000,
      hookTimeout: 60_000,
    },
  });
}
