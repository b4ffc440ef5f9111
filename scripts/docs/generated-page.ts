import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { format, resolveConfig } from "prettier";

/**
 * Puts tables between the two marks of a page below docs/; with `--check` on the command line it only says whether they are stale.
 * @param script the file that makes the tables, named in the mark
 */
export async function writeTables(page: string, script: string, tables: string): Promise<void> {
  const file = join(import.meta.dirname, "../../docs", page);
  const [begin, end] = [`<!-- tables: written by scripts/docs/${basename(script)} -->`, "<!-- end of tables -->"];
  const before = readFileSync(file, "utf8");
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/${page} has lost its marks: ${begin} … ${end}`);
  const written = `${before.slice(0, from)}${begin}\n\n${tables}\n\n${before.slice(to)}`;
  const text = await format(written, { ...(await resolveConfig(file)), parser: "markdown" });
  if (!process.argv.includes("--check")) writeFileSync(file, text);
  else if (text !== before) {
    console.log(`docs/${page} is stale; run \`node scripts/docs/${basename(script)}\` and commit it.`);
    process.exitCode = 1;
  }
}
