import { UserError } from "../io.ts";
import type { Io } from "../io.ts";
import { isJsonObject } from "../json.ts";

/** One file that `init` writes. */
export interface FileChange {
  readonly file: string;
  /** Undefined for a file that was not there. */
  readonly before: string | undefined;
  readonly after: string;
}

export const JOURNAL_FILE = ".monotask/init.json";

/** Notes what each file was before it is touched, so that `init --undo` restores it byte for byte. The first note of a file stays. */
export async function noteChanges(io: Io, changes: readonly FileChange[]): Promise<void> {
  const noted = await readJournal(io);
  const merged = new Map(noted.map((change) => [change.file, change]));
  for (const change of changes)
    merged.set(change.file, { ...change, before: merged.has(change.file) ? merged.get(change.file)?.before : change.before });
  await io.writeFile(JOURNAL_FILE, `${JSON.stringify({ version: 1, changes: [...merged.values()] }, undefined, 2)}\n`);
}

/**
 * Puts every noted file back and removes those that were not there.
 * @returns the files, in their order
 * @throws UserError that names the files changed since: nothing is touched then
 */
export async function undoChanges(io: Io): Promise<string[]> {
  const changes = await readJournal(io);
  if (changes.length === 0) throw new UserError(`there is nothing to undo: ${JOURNAL_FILE} is not here`);
  const now = await Promise.all(changes.map(({ file }) => io.readFile(file).catch(() => undefined)));
  const edited = changes.filter(({ after, before }, at) => now[at] !== after && now[at] !== before).map(({ file }) => file);
  if (edited.length > 0) {
    throw new UserError(
      `changed since init: ${edited.join(", ")}. Nothing was undone, because your edits would be lost; take init's lines out by hand`,
    );
  }
  for (const { file, before } of changes) await (before === undefined ? io.removeFile(file) : io.writeFile(file, before));
  await io.removeFile(JOURNAL_FILE);
  return changes.map(({ file }) => file);
}

async function readJournal(io: Io): Promise<FileChange[]> {
  const text = await io.readFile(JOURNAL_FILE).catch(() => undefined);
  if (text === undefined) return [];
  try {
    const journal: unknown = JSON.parse(text);
    const changes = isJsonObject(journal) ? journal["changes"] : undefined;
    if (Array.isArray(changes)) return changes.filter(isChange);
  } catch {
    // told below, as every other damage
  }
  throw new UserError(`${JOURNAL_FILE} is damaged; remove it to begin anew (init --undo is lost then)`);
}

function isChange(value: unknown): value is FileChange {
  if (!isJsonObject(value)) return false;
  const { file, before, after } = value;
  return typeof file === "string" && typeof after === "string" && (before === undefined || typeof before === "string");
}
