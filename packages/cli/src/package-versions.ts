import { readFile } from "node:fs/promises";
import { isJsonObject, textAt } from "./json.ts";

/** Ranges of our packages for a project's package.json: those that this command was published with. */
export async function packageVersions(): Promise<{ monitoring: string; cli: string }> {
  const own: unknown = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
  const manifest = isJsonObject(own) ? own : {};
  const version = textAt(manifest, "version");
  return {
    monitoring: published(textAt(manifest, "devDependencies", "@monotask/monitoring")),
    cli: published(version === undefined || version === "0.0.0" ? undefined : `^${version}`),
  };
}

/** Inside the repository versions are links of the workspace. */
function published(range: string | undefined): string {
  return range === undefined || range.startsWith("workspace:") ? "latest" : range;
}
