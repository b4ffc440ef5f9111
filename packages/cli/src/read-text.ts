import { UserError } from "./io.ts";
import type { Io } from "./io.ts";

/** A file's text; undefined where there is no such file. @throws UserError where it is there and is no UTF-8 text, as what PowerShell's `>` writes */
export async function readText(io: Pick<Io, "readFile">, path: string): Promise<string | undefined> {
  try {
    return await io.readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new UserError(`${path} cannot be read (${reasonOf(error)}); save it as UTF-8`);
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown error";
}
