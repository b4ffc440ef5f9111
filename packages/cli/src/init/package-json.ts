import { parseJsonc, addToJsonc } from "../wrangler-config/jsonc.ts";
import { withAdditions, isSameJson } from "../wrangler-config/addition.ts";
import type { Addition } from "../wrangler-config/addition.ts";
import { UserError } from "../io.ts";
import { valueAt } from "../json.ts";
import type { PackageVersions } from "../package-versions.ts";

const SCRIPTS = {
  "monitoring:dev": "monotask dev",
  "monitoring:doctor": "monotask doctor",
  "monitoring:deploy": "monotask deploy",
} as const;

/** The project's package.json with what it lacks: the library, this command, what `monotask dev` runs, and scripts. */
export function packageJsonWith(text: string, versions: PackageVersions): string {
  const file = "package.json";
  const data = parseJsonc(text, file);
  const lacks = (...path: string[]): boolean => valueAt(data, path) === undefined;
  const hasPackage = (name: string): boolean => !lacks("dependencies", name) || !lacks("devDependencies", name);
  const additions: Addition[] = [];
  if (!hasPackage("@monotask/monitoring"))
    additions.push({ add: "key", path: ["dependencies", "@monotask/monitoring"], value: versions.monitoring });
  for (const [name, version] of [
    ["@monotask/cli", versions.cli],
    ["@monotask/analytics-engine-local", versions.engine],
  ] as const)
    if (!hasPackage(name)) additions.push({ add: "key", path: ["devDependencies", name], value: version });
  for (const [name, script] of Object.entries(SCRIPTS))
    if (lacks("scripts", name)) additions.push({ add: "key", path: ["scripts", name], value: script });
  const edited = additions.reduce((now, addition) => addToJsonc(now, addition, file), text);
  if (!isSameJson(parseJsonc(edited, file), withAdditions(data, additions)))
    throw new UserError("package.json is written in a way that cannot be edited safely; add @monotask/monitoring by hand");
  return edited;
}
