// pnpm new:package <name> ["one-line description"]: a package from config/template, so that all look alike.
import { cp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { filledTemplate } from "./template.ts";

const root = join(import.meta.dirname, "..");
const [name, description = `The ${name ?? ""} room of MonoTask Monitoring.`] = process.argv.slice(2);

if (!name || !/^[a-z][a-z0-9-]*$/.test(name)) {
  console.error('usage: pnpm new:package <name> ["description"]   (name: lower case letters, digits and dashes)');
  process.exit(2);
}
const target = join(root, "packages", name);
if (await exists(target)) {
  console.error(`packages/${name} exists already; choose another name or remove the folder`);
  process.exit(1);
}

await cp(join(root, "config/template"), target, { recursive: true });
for (const file of await readdir(target, { recursive: true })) {
  const path = join(target, file);
  if (!(await stat(path)).isFile()) continue;
  const text = await readFile(path, "utf8");
  await writeFile(path, filledTemplate(file, text, { name, description }));
}
const floors = JSON.parse(await readFile(join(root, "config/floors.json"), "utf8")) as Record<string, unknown>;
console.log(`packages/${name} made.`);
if (!(`@monotask/${name}` in floors)) console.log(`Give it a floor: add "@monotask/${name}" to config/floors.json.`);
console.log("Next: src/index.ts and its test beside it, then pnpm install && pnpm check");

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
