import type { Command } from "commander";
import type { CommandContext } from "../../command-context.ts";
import { killSandboxes, listSandboxes, reconcileSandboxes, showSandbox, type KillOptions } from "./sandboxes.ts";

/** `monotask sandbox …` */
export function registerSandbox(program: Command, { io, done }: CommandContext): void {
  const sandbox = program.command("sandbox").description("sandboxes: places, what is stuck, and cleanup");
  sandbox
    .command("list")
    .description("how each pool stands, and every sandbox that has a place")
    .option("--pool <name>", "of this pool")
    .option("--json", "the evaluator's answer as it is", false)
    .action(async (options: { pool?: string; json: boolean }) => done(await listSandboxes(io, options)));
  sandbox
    .command("show")
    .description("one sandbox, also one that has ended")
    .argument("<id>", "sandbox")
    .option("--json", "the evaluator's answer as it is", false)
    .action(async (id: string, options: { json: boolean }) => done(await showSandbox(io, id, options.json)));
  sandbox
    .command("kill")
    .description("have sandboxes destroyed")
    .argument("[ids...]", "sandboxes")
    .option("--stuck", "all that are stuck", false)
    .option("--pool <name>", "of this pool")
    .option("--force", "give the places back without waiting for the platform: only for what it certainly does not run", false)
    .option("--dry-run", "only show which it would be", false)
    .option("--yes", "do not ask", false)
    .addHelpText("after", "\nExample: monotask sandbox kill --stuck --dry-run")
    .action(async (ids: string[], options: KillOptions) => done(await killSandboxes(io, ids, options)));
  sandbox
    .command("reconcile")
    .description("compare what the platform was last seen to run with what the registry believes, and repair it")
    .option("--pool <name>", "of this pool")
    .option("--dry-run", "only show what would change", false)
    .action(async (options: { pool?: string; dryRun: boolean }) => done(await reconcileSandboxes(io, options)));
}
