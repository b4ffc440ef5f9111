import { runtimeLibrary } from "../../config/tsup/index.ts";

export default runtimeLibrary(["src/index.ts", "src/middleware/error-tracker.ts", "src/middleware/performance-middleware.ts"]);
