import { library } from "../../config/tsup/index.ts";

export default library({
  entry: ["src/index.ts", "src/middleware/error-tracker.ts", "src/middleware/performance-middleware.ts"],
});
