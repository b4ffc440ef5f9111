// Run as `node guard.ts COMMAND ARGS…`: runs the command until it ends or standard input closes, which happens however the starter
// ends, kill -9 included. Nothing of the local stack may outlive its starter and hold the ports.
import { spawn } from "node:child_process";

const [command = "", ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });

child.on("error", (error) => {
  console.error(`${command} cannot be run: ${error.message}`);
  process.exit(127);
});
child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));

/** The group's own signal reaches the command as well; this process stays to tell how it ended. */
process.on("SIGINT", () => undefined);

process.stdin.on("end", () => {
  const giveUp = setTimeout(() => process.kill(-process.pid, "SIGKILL"), GRACE_MS);
  giveUp.unref();
  process.kill(-process.pid, "SIGINT");
});
process.stdin.resume();

const GRACE_MS = 3_000;
