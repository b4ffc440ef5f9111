import { defineProject } from "vitest/config";

/** Tests of a package that needs nothing of workerd. */
export function nodeTests(name: string, include: string[] = ["src/**/*.test.ts"]): ReturnType<typeof defineProject> {
  return defineProject({ test: { name, include, exclude: ["**/*.worker.test.ts", "**/node_modules/**"], environment: "node" } });
}
