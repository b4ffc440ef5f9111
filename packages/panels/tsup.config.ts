import { runtimeLibrary } from "../../config/tsup/index.ts";

export default runtimeLibrary();
