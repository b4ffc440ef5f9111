import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { filledTemplate } from "./template.ts";

const TEMPLATE = join(import.meta.dirname, "../config/template");
const WORDS = { name: "task-board", description: 'Boards of "tasks" at $& 5 \\ day.' };

it("a package's own words stand in each file as its format writes them", () => {
  const manifest: unknown = JSON.parse(filled("package.json"));
  expect(manifest).toMatchObject({ name: "@monotask/task-board", description: WORDS.description });
  expect(filled("README.md")).toContain(WORDS.description);
  expect(filled("README.md")).toContain('import * as taskBoard from "@monotask/task-board";');
});

it("nothing of the template is left over", () => {
  for (const file of readdirSync(TEMPLATE, { recursive: true, withFileTypes: true }))
    if (file.isFile())
      expect(filledTemplate(file.name, readFileSync(join(file.parentPath, file.name), "utf8"), WORDS)).not.toMatch(/__[A-Z]+__/);
});

function filled(file: string): string {
  return filledTemplate(file, readFileSync(join(TEMPLATE, file), "utf8"), WORDS);
}
