import { runtimeLibrary } from "../../config/tsup/index.ts";

export default runtimeLibrary(["src/index.ts", "src/dead-letters/index.ts"]);
