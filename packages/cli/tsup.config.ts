import { library } from "../../config/tsup/index.ts";

export default library({ entry: ["src/index.ts", "src/bin.ts"], platform: "node" });
