import { runtimeLibrary } from "../../config/tsup/index.ts";
import { EVERY_KIND, layouts } from "./src/schema/layout.ts";

export default runtimeLibrary(["src/index.ts"], { "schema/layout.ts": { EVERY_KIND, layouts } });
