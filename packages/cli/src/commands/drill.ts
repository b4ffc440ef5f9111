import { resolve } from "node:path";
import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { drillRestore } from "../drill/restore.ts";
import { EXIT, UserError } from "../io.ts";
import type { Io } from "../io.ts";
import { progressOf } from "../progress.ts";
import { table } from "../table.ts";

interface DrillOptions {
  readonly state: string;
  readonly export: string;
}

/** `monotask drill …` */
export function registerDrill(program: Command, { io, done }: CommandContext): void {
  program
    .command("drill")
    .description("rehearsals")
    .command("restore")
    .description("export D1, AlertManager, dead letters and the sandbox registry of a local stack, wipe, import, compare")
    .option("--state <folder>", "state folder of the stopped stack", ".monotask/state")
    .option("--export <folder>", "where the exports stay", ".monotask/drill")
    .addHelpText(
      "after",
      "\nExample: monotask drill restore --state .wrangler/state\n\nStop the stack first; start it again afterwards: it must show the same objectives, alerts and acknowledgements.\nExit codes: 0 everything is the same, 1 something differs (the old state was put back), 2 wrong usage",
    )
    .action(async (options: DrillOptions) => done(await restore(io, options)));
}

async function restore(io: Io, options: DrillOptions): Promise<number> {
  const progress = progressOf(io, "Exporting and restoring");
  const [state, exports] = [resolve(io.cwd, options.state), resolve(io.cwd, options.export)];
  const results = await drillRestore(state, exports, progress).catch((error: unknown) => {
    if (error instanceof UserError) throw error;
    const message = error instanceof Error ? error.message : "unknown error";
    if (/locked|busy/i.test(message)) throw new UserError(`${options.state} is in use: stop the stack first`);
    throw new UserError(`the drill failed, the state is as before: ${message}`);
  });
  progress(1);
  if (results.length === 0)
    throw new UserError(
      `${options.state} holds no database; name the folder with --state (pnpm start keeps .monotask/state, wrangler .wrangler/state)`,
    );
  const rows = results.flatMap(({ what, tables, isSame }) =>
    tables.filter(({ rows: count }) => count > 0).map((one) => [what, one.table, String(one.rows), isSame ? "same" : "DIFFERS"]),
  );
  io.out(table(["STORE", "TABLE", "ROWS", "AFTER RESTORE"], rows, io.columns));
  const differ = results.filter(({ isSame }) => !isSame);
  if (differ.length > 0) {
    io.out(
      `\n${differ.length} of ${results.length} stores differ. The old state was put back; the exports are in ${options.export}.`,
    );
    return EXIT.failed;
  }
  const stores = results.length === 1 ? "1 store" : `${results.length} stores`;
  io.out(`\n${stores} exported, wiped and restored, every row the same. The exports are in ${options.export}.`);
  return EXIT.ok;
}
