import { readFile } from "node:fs/promises";
import { isJsonObject, textAt } from "./json.ts";
import type { JsonObject } from "./json.ts";

export interface PackageVersions {
  readonly monitoring: string;
  readonly cli: string;
  /** The local Analytics Engine, which `monotask dev` runs. */
  readonly engine: string;
}

/** Ranges of our packages for a project's package.json: those that this command was published with. */
export async function packageVersions(): Promise<PackageVersions> {
  const manifest = await ownManifest();
  const version = textAt(manifest, "version");
  return {
    monitoring: published(textAt(manifest, "devDependencies", "@monotask/monitoring")),
    engine: published(textAt(manifest, "peerDependencies", "@monotask/analytics-engine-local")),
    cli: published(version === undefined || version === "0.0.0" ? undefined : `^${version}`),
  };
}

/** This command's own version. */
export async function ownVersion(): Promise<string> {
  return textAt(await ownManifest(), "version") ?? "unknown";
}

async function ownManifest(): Promise<JsonObject> {
  const own: unknown = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
  return isJsonObject(own) ? own : {};
}

/** Inside the repository versions are links of the workspace. */
function published(range: string | undefined): string {
  return range === undefined || range.startsWith("workspace:") ? "latest" : range;
}
