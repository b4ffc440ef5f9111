// node scripts/release/surface.ts [--record]: what each package exports, held against what its last release did.
// A declaration that is gone or reads differently breaks somebody's build: without a changeset that says so, this fails.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { parse } from "yaml";
import { publishedPackages, type PublishedPackage } from "./packages.ts";

type Bump = "none" | "patch" | "minor" | "major";
const RANK: Readonly<Record<Bump, number>> = { none: 0, patch: 1, minor: 2, major: 3 };

/** `entry name` → declaration. */
type Surface = ReadonlyMap<string, string>;

export interface SurfaceChange {
  readonly gone: readonly string[];
  readonly changed: readonly string[];
  readonly added: readonly string[];
}

/** How two surfaces differ, by the names of exports. */
export function changeOf(before: Surface, now: Surface): SurfaceChange {
  return {
    gone: [...before.keys()].filter((name) => !now.has(name)),
    changed: [...now].filter(([name, text]) => before.has(name) && before.get(name) !== text).map(([name]) => name),
    added: [...now.keys()].filter((name) => !before.has(name)),
  };
}

/** The smallest bump that tells users of a change. Before 1.0.0 a break is a minor (semver.org, item 4). */
export function neededBump({ gone, changed, added }: SurfaceChange, version: string): Bump {
  const isEarly = version.startsWith("0.");
  if (gone.length + changed.length > 0) return isEarly ? "minor" : "major";
  return added.length === 0 ? "none" : isEarly ? "patch" : "minor";
}

const ROOT = join(import.meta.dirname, "../..");
const RECORD = "api.txt";

if (import.meta.main) process.exitCode = main(process.argv.includes("--record"));

function main(isRecording: boolean): number {
  const packages = publishedPackages(ROOT);
  const bumps = pendingBumps(join(ROOT, ".changeset"));
  let failures = 0;
  for (const one of packages) {
    const now = surfaceOf(one);
    const file = join(one.dir, RECORD);
    if (isRecording) {
      writeFileSync(file, textOf(now));
      console.log(`recorded ${relative(ROOT, file)} (${now.size} exports)`);
      continue;
    }
    const change = changeOf(readSurface(file), now);
    const needed = neededBump(change, one.version);
    const pending = bumps.get(one.name) ?? "none";
    if (RANK[pending] >= RANK[needed]) {
      console.log(`✓ ${one.name}: ${now.size} exports, ${summary(change)}`);
      continue;
    }
    failures += 1;
    console.log(
      `✗ ${one.name}: ${summary(change)} needs a ${needed} changeset, there is ${pending === "none" ? "none" : `a ${pending} one`}.`,
    );
    for (const name of [...change.gone, ...change.changed, ...change.added]) console.log(`    ${name}`);
    console.log("    Write one with `pnpm changeset`, or take the change back.");
  }
  return failures === 0 ? 0 : 1;
}

function summary({ gone, changed, added }: SurfaceChange): string {
  return gone.length + changed.length + added.length === 0
    ? "as released"
    : `${gone.length} gone, ${changed.length} changed, ${added.length} new since the last release`;
}

/** Every export of every entry with its declaration, comments and layout left out. */
function surfaceOf({ entries }: PublishedPackage): Surface {
  const surface = new Map<string, string>();
  const files = [...entries.values()];
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  const printer = ts.createPrinter({ removeComments: true });
  for (const [entry, file] of entries) {
    const source = program.getSourceFile(file);
    const symbol = source && checker.getSymbolAtLocation(source);
    if (symbol === undefined) throw new Error(`${relative(ROOT, file)} exports nothing; build the packages first (pnpm build)`);
    for (const exported of checker.getExportsOfModule(symbol)) {
      const real = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const texts = (real.declarations ?? []).map((node) =>
        printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile()).replace(/\s+/g, " "),
      );
      surface.set(`${entry} ${exported.name}`, texts.sort().join(" ; "));
    }
  }
  return new Map([...surface].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function textOf(surface: Surface): string {
  return [...surface].map(([name, text]) => `${name}\n    ${text}\n`).join("");
}

function readSurface(file: string): Surface {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    // Never released: everything is new.
    return new Map();
  }
  return new Map([...text.matchAll(/^(\S.*)\n {4}(.*)$/gm)].map(([, name = "", declaration = ""]) => [name, declaration]));
}

/** The largest bump that waiting changesets give each package. */
function pendingBumps(dir: string): ReadonlyMap<string, Bump> {
  const bumps = new Map<string, Bump>();
  for (const file of readdirSync(dir).filter((name) => name.endsWith(".md") && name !== "README.md")) {
    const front = /^---\n([^]*?)\n---/.exec(readFileSync(join(dir, file), "utf8"))?.[1] ?? "";
    const listed: unknown = parse(front);
    for (const [name, bump] of Object.entries(typeof listed === "object" && listed !== null ? listed : {})) {
      if (isBump(bump) && RANK[bump] > RANK[bumps.get(name) ?? "none"]) bumps.set(name, bump);
    }
  }
  return bumps;
}

function isBump(value: unknown): value is Bump {
  return typeof value === "string" && Object.hasOwn(RANK, value);
}
