import { library } from "../../config/tsup/index.ts";

export default library();
