import { runtimeLibrary } from "../../config/tsup/index.ts";
import { layouts } from "./src/schema/layout.ts";

export default runtimeLibrary(["src/index.ts"], { "schema/layout.ts": { layouts } });
