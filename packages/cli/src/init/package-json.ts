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

/** What one package.json is to have: the library where the worker is built; this command, what `dev` runs, and scripts where it is used. */
export interface PackageNeeds {
  readonly library: boolean;
  /** Words that every script ends with, such as ` --config apps/api/wrangler.jsonc`; undefined for no tools. */
  readonly tools: string | undefined;
}

/** A package.json with what it lacks of its needs. */
export function packageJsonWith(text: string, versions: PackageVersions, { library, tools }: PackageNeeds): string {
  const file = "package.json";
  const data = parseJsonc(text, file);
  const lacks = (...path: string[]): boolean => valueAt(data, path) === undefined;
  const hasPackage = (name: string): boolean => !lacks("dependencies", name) || !lacks("devDependencies", name);
  const additions: Addition[] = [];
  if (library && !hasPackage("@monotask/monitoring"))
    additions.push({ add: "key", path: ["dependencies", "@monotask/monitoring"], value: versions.monitoring });
  for (const [name, version] of [
    ["@monotask/cli", versions.cli],
    ["@monotask/analytics-engine-local", versions.engine],
  ] as const)
    if (tools !== undefined && !hasPackage(name)) additions.push({ add: "key", path: ["devDependencies", name], value: version });
  for (const [name, script] of Object.entries(SCRIPTS))
    if (tools !== undefined && lacks("scripts", name))
      additions.push({ add: "key", path: ["scripts", name], value: name === "monitoring:deploy" ? script : `${script}${tools}` });
  const edited = additions.reduce((now, addition) => addToJsonc(now, addition, file), text);
  if (!isSameJson(parseJsonc(edited, file), withAdditions(data, additions)))
    throw new UserError("package.json is written in a way that cannot be edited safely; add @monotask/monitoring by hand");
  return edited;
}
