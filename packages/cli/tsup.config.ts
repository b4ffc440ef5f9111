import { cp } from "node:fs/promises";
import { library } from "../../config/tsup/index.ts";

export default library({
  entry: { index: "src/index.ts", bin: "src/bin.ts", local: "src/local/index.ts" },
  platform: "node",
  // Without its protocol, node:sqlite is another package.
  removeNodeProtocol: false,
  // The runbooks travel with the command that runs them.
  onSuccess: () =>
    cp(new URL("../../runbooks/", import.meta.url), new URL("./dist/runbooks/", import.meta.url), { recursive: true }),
});
