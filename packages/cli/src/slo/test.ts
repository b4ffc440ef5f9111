import { formatIssues, parseSloTests, parseSlos, runSloTest } from "@monotask/slo";
import type { ExpectationResult, Slo, SpecFile } from "@monotask/slo";
import { colour } from "../colour.ts";
import { EXIT } from "../io.ts";
import type { Io } from "../io.ts";
import { table } from "../table.ts";
import { counted } from "../show/counted.ts";
import { readSpecs } from "./spec-files.ts";

/** `monotask slo test FILES…`: plays incidents against alert rules. Exit code 0 all as expected, 1 not, or a file that is wrong. */
export async function testSlos(io: Io, paths: readonly string[]): Promise<number> {
  const files = await readSpecs(io, paths);
  const referred = await referredFiles(io, files);
  const { tests, issues } = parseSloTests(files, (ref) => findSlo(referred, ref));
  if (issues.length > 0) io.out(formatIssues(issues, files));
  const results = tests.map((test) => ({ test, outcomes: runSloTest(test) }));
  const rows = results.flatMap(({ test, outcomes }) => outcomes.map((outcome) => rowOf(io, test.name, outcome)));
  if (rows.length > 0) io.out(table(["TEST", "RULE", "EXPECTED", "GOT", "RESULT"], rows, Math.max(io.columns, 100)));
  const failed = results.flatMap(({ outcomes }) => outcomes).filter((outcome) => !outcome.hasPassed).length;
  const unread = issues.length === 0 ? "" : `, ${counted(issues.length, "error")} in the files`;
  io.out(`${rows.length - failed} passed, ${failed} failed${unread}`);
  if (tests.length === 0 && issues.length === 0) io.err("monotask: no test in these files: write `kind: SloTest` documents");
  return failed > 0 || issues.length > 0 || tests.length === 0 ? EXIT.failed : EXIT.ok;
}

function rowOf(
  io: Io,
  name: string,
  { expectation, firedAt, clearedAt, hasPassed, firstDifference }: ExpectationResult,
): string[] {
  const { rule, firesAt, clearsAt } = expectation;
  return [
    name,
    rule,
    clearsAt === undefined ? minuteOf(firesAt) : `${minuteOf(firesAt)} to ${minuteOf(clearsAt)}`,
    firedAt === null ? "never" : `${minuteOf(firedAt)} to ${minuteOf(clearedAt)}`,
    hasPassed ? colour(io, "ok", "passed") : colour(io, "critical", `failed, differs at minute ${firstDifference ?? 0}`),
  ];
}

function minuteOf(at: number | null): string {
  return at === null ? "never" : String(at);
}

/** SLOs of the files that tests refer to. A file that cannot be read has none: the reference is then named as dangling. */
async function referredFiles(io: Io, files: readonly SpecFile[]): Promise<ReadonlyMap<string, readonly Slo[]>> {
  const names = files.flatMap((file) => [...file.text.matchAll(/ref:\s*["']?([^\s"'#},]+)#/g)].map((match) => match[1] ?? ""));
  const read = await Promise.all(
    [...new Set(names)].map(async (file) => {
      try {
        return [file, parseSlos([{ file, text: await io.readFile(file) }]).slos] as const;
      } catch {
        return [file, []] as const;
      }
    }),
  );
  return new Map(read);
}

function findSlo(files: ReadonlyMap<string, readonly Slo[]>, ref: string): Slo | undefined {
  const [file = "", name = ""] = ref.split("#");
  return files.get(file)?.find((slo) => slo.name === name);
}
