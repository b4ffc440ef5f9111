import { defineConfig } from "vitest/config";

/**
 * The long proofs: simulations, restarts, faults, the browser. `pnpm prove` runs them. `*.prove.ts` beside the code runs in Node,
 * `*.worker.prove.ts` in workerd, by the `vitest.workerprove.config.ts` of its package.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "prove",
          include: ["packages/*/src/**/*.prove.ts", "apps/*/src/**/*.prove.ts"],
          exclude: ["**/*.worker.prove.ts", "**/node_modules/**"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      "{packages,apps}/*/vitest.workerprove.config.ts",
    ],
    reporters: ["default", "./config/vitest/closing-line.ts"],
    // One file at a time: a proof may use both cores, and some listen on ports.
    fileParallelism: false,
    passWithNoTests: false,
  },
});
