import { runtimeLibrary } from "../../config/tsup/index.ts";

export default runtimeLibrary(["src/index.ts", "src/durable-object/index.ts", "src/rules/index.ts"]);
