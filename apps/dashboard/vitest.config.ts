import { nodeTests } from "../../config/vitest/node.ts";

export default nodeTests("dashboard", ["src/server/**/*.test.ts", "src/app/**/*.test.ts", "src/node/**/*.test.ts"]);
