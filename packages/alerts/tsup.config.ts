import { library } from "../../config/tsup/index.ts";

export default library({ entry: { index: "src/index.ts", "durable-object": "src/durable-object/index.ts" } });
