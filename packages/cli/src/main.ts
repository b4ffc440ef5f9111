import { nodeIo } from "./node-io.ts";
import { run } from "./program.ts";

/** What a shell says of a program whose reader went away. */
const READER_GONE = 128 + 13;

/** Runs the command that this process was started with. */
export async function main(): Promise<void> {
  // A reader that has seen enough, such as `head`, ends the command as it ends any other.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(READER_GONE);
  });
  process.exitCode = await run(process.argv.slice(2), nodeIo());
}
