import { formatIssues, parseSlos } from "@monotask/slo";
import type { ParsedSlos, Slo, SpecFile } from "@monotask/slo";
import { UserError } from "../io.ts";
import type { Io } from "../io.ts";
import { isMissing, readText, reasonOf } from "../read-text.ts";
import { counted } from "../show/counted.ts";

export const DEFAULT_SLO_FILE = "config/slos.yaml";

/** The files that paths name: themselves, or all YAML and JSON files of a folder. @throws UserError for one that cannot be read */
export async function readSpecs(io: Io, paths: readonly string[]): Promise<SpecFile[]> {
  const files = await Promise.all(
    paths.map(async (path) => {
      try {
        const inside = await io.filesIn(path);
        if (inside === undefined) return [path];
        const specs = inside.filter((file) => /\.(ya?ml|json)$/.test(file));
        if (specs.length === 0) throw new UserError(`${path} holds no YAML or JSON file; name a file or a folder that does`);
        return specs;
      } catch (error) {
        if (error instanceof UserError) throw error;
        if (isMissing(error)) throw missing(path);
        throw new UserError(`${path} cannot be read: ${reasonOf(error)}`);
      }
    }),
  );
  return Promise.all([...new Set(files.flat())].map((file) => readSpec(io, file)));
}

/** The sound SLOs of files. @throws UserError that shows what is wrong where a file has an error */
export async function soundSlos(io: Io, paths: readonly string[]): Promise<ParsedSlos> {
  const files = await readSpecs(io, paths);
  const parsed = parseSlos(files);
  const errors = parsed.issues.filter((issue) => issue.severity === "error");
  if (errors.length > 0)
    throw new UserError(`${counted(errors.length, "error")} in the SLO files:\n${formatIssues(errors, files)}`);
  return parsed;
}

/** One SLO by name. @throws UserError that lists the names there are */
export function sloNamed(slos: readonly Slo[], name: string): Slo {
  const slo = slos.find((candidate) => candidate.name === name);
  if (slo === undefined) throw new UserError(`there is no SLO "${name}"; there are ${slos.map((each) => each.name).join(", ")}`);
  return slo;
}

async function readSpec(io: Io, path: string): Promise<SpecFile> {
  const text = await readText(io, path);
  if (text === undefined) throw missing(path);
  return { file: path, text };
}

function missing(path: string): UserError {
  return new UserError(`${path} cannot be read: there is no such file or folder; name one that is there`);
}
