import { readdir, readFile } from "node:fs/promises";
import { parseRunbook } from "@monotask/runbooks";
import type { Runbook } from "@monotask/runbooks";
import { UserError } from "../io.ts";
import type { Io } from "../io.ts";

export interface FoundRunbook {
  readonly name: string;
  readonly text: string;
  /** `runbooks/` of the project, or what came with this command. */
  readonly from: "project" | "shipped";
}

/** Built: beside the code. In the repository: at its root. */
const SHIPPED = [new URL("./runbooks/", import.meta.url), new URL("../../../../runbooks/", import.meta.url)];

async function shippedNames(): Promise<string[]> {
  for (const folder of SHIPPED) {
    const files = await readdir(folder).catch(() => []);
    if (files.length > 0)
      return files
        .filter((file) => file.endsWith(".md"))
        .map((file) => file.slice(0, -3))
        .sort();
  }
  return [];
}

/** Shipped ones and those of the project, each name once. */
export async function runbookNames(io: Io): Promise<string[]> {
  const files = (await io.filesIn("runbooks").catch(() => undefined)) ?? [];
  const own = files.flatMap((file) => /^runbooks[\\/]([\w-]+)\.md$/.exec(file)?.[1] ?? []);
  return [...new Set([...(await shippedNames()), ...own])].sort();
}

/** The project's own runbook of that name wins over the shipped one. @throws UserError that lists the names */
export async function findRunbook(io: Io, name: string): Promise<FoundRunbook> {
  if (!/^[\w-]+$/.test(name)) throw new UserError(`"${name}" is no runbook's name; see: monotask runbook list`);
  const own = await io.readFile(`runbooks/${name}.md`).catch(() => undefined);
  if (own !== undefined) return { name, text: own, from: "project" };
  for (const folder of SHIPPED) {
    const text = await readFile(new URL(`${name}.md`, folder), "utf8").catch(() => undefined);
    if (text !== undefined) return { name, text, from: "shipped" };
  }
  throw new UserError(
    `there is no runbook "${name}"; there are ${(await runbookNames(io)).join(", ")}, and your own go to runbooks/${name}.md`,
  );
}

/** @throws UserError with every issue and its line: a page with a broken block is not run */
export function parsed({ name, text }: FoundRunbook): Runbook {
  const { runbook, issues } = parseRunbook(text, name);
  if (issues.length > 0)
    throw new UserError(
      `runbooks/${name}.md cannot be run:\n${issues.map(({ line, message }) => `  ${name}.md:${line} ${message}`).join("\n")}`,
    );
  return runbook;
}
