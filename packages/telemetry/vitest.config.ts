import { mergeConfig } from "vitest/config";
import { nodeTests } from "../../config/vitest/node.ts";

// Properties and the real engine take their time where other work runs on the same cores.
export default mergeConfig(nodeTests("telemetry"), { test: { testTimeout: 30_000, hookTimeout: 60_000 } });
