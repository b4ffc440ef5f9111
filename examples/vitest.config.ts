import { nodeTests } from "../config/vitest/node.ts";

export default nodeTests("examples", ["test/**/*.test.ts"]);
