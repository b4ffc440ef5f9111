import { library } from "../../config/tsup/index.ts";

export default library({ entry: { index: "src/index.ts", "dead-letters": "src/dead-letters/index.ts" } });
