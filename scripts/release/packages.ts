import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A package that is published. */
export interface PublishedPackage {
  readonly name: string;
  readonly version: string;
  readonly dir: string;
  /** Import paths with types, such as `.` and `./durable-object`, and their declaration files. */
  readonly entries: ReadonlyMap<string, string>;
  /** Command → file. */
  readonly bins: ReadonlyMap<string, string>;
}

/** The packages of the repository that go to a registry, in the order of their names. */
export function publishedPackages(root: string): PublishedPackage[] {
  const dirs = readdirSync(join(root, "packages"))
    .sort()
    .map((name) => join(root, "packages", name));
  return dirs.flatMap((dir) => {
    const manifest = manifestOf(dir);
    return manifest === undefined || manifest["private"] === true ? [] : [packageOf(manifest, dir)];
  });
}

type Json = Readonly<Record<string, unknown>>;

function packageOf(manifest: Json, dir: string): PublishedPackage {
  const entries = Object.entries(objectOf(manifest["exports"])).flatMap(([path, target]): [string, string][] => {
    const types = objectOf(target)["types"];
    return typeof types === "string" ? [[path, join(dir, types)]] : [];
  });
  const bins = Object.entries(objectOf(manifest["bin"])).flatMap(([name, file]): [string, string][] =>
    typeof file === "string" ? [[name, file]] : [],
  );
  return {
    name: String(manifest["name"]),
    version: String(manifest["version"]),
    dir,
    entries: new Map(entries),
    bins: new Map(bins),
  };
}

function manifestOf(dir: string): Json | undefined {
  try {
    return objectOf(JSON.parse(readFileSync(join(dir, "package.json"), "utf8")));
  } catch {
    // A folder without a package, such as one that a switched branch left behind.
    return undefined;
  }
}

function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
