import { UserError } from "../io.ts";
import type { Io } from "../io.ts";
import { isJsonObject, textAt, valueAt } from "../json.ts";
import type { JsonObject } from "../json.ts";
import { isSameJson, withAdditions } from "./addition.ts";
import type { Addition } from "./addition.ts";
import { readText } from "../read-text.ts";
import { addToJsonc, parseJsonc } from "./jsonc.ts";
import { addToToml, parseToml } from "./toml.ts";

/** A worker's configuration as it stands in its file. */
export interface WranglerConfig {
  readonly file: string;
  readonly text: string;
  readonly data: JsonObject;
}

/** In wrangler's own order. */
const FILES = ["wrangler.json", "wrangler.jsonc", "wrangler.toml"];

/** Reads the named file, or the first of wrangler.json, wrangler.jsonc, wrangler.toml. @throws UserError where there is none */
export async function readWranglerConfig(io: Io, named?: string): Promise<WranglerConfig> {
  for (const file of named === undefined ? FILES : [named]) {
    const text = await readText(io, file);
    if (text !== undefined) return { file, text, data: parseConfig(text, file) };
  }
  throw new UserError(
    named === undefined
      ? "there is no wrangler.jsonc, wrangler.json or wrangler.toml here: run this in the worker's folder, or name the file with --config"
      : `there is no ${named}: name the worker's configuration with --config`,
  );
}

export function parseConfig(text: string, file: string): JsonObject {
  return file.endsWith(".toml") ? parseToml(text, file) : parseJsonc(text, file);
}

/**
 * The text with the additions. What is read back must be exactly what was meant, or nothing is written.
 * @throws UserError that shows what to add by hand
 */
export function addToConfig({ file, text, data }: WranglerConfig, additions: readonly Addition[]): string {
  const edited = additions.reduce(
    (now, addition) => (file.endsWith(".toml") ? addToToml(now, addition) : addToJsonc(now, addition, file)),
    text,
  );
  if (additions.length > 0 && !isMeant(edited, file, withAdditions(data, additions))) {
    const wanted = additions.map(
      ({ add, path, value }) => `  ${path.join(".")}${add === "item" ? "[]" : ""}: ${JSON.stringify(value)}`,
    );
    throw new UserError(
      `${file} is written in a way that cannot be edited safely. Nothing was changed; add by hand:\n${wanted.join("\n")}`,
    );
  }
  return edited;
}

function isMeant(edited: string, file: string, wanted: JsonObject): boolean {
  try {
    return isSameJson(parseConfig(edited, file), wanted);
  } catch {
    return false;
  }
}

/** The top level and each `env.*` block: bindings and vars are not inherited, so each must say everything. */
export interface ConfigBlock {
  /** Empty for the top level. */
  readonly path: readonly string[];
  readonly data: JsonObject;
  /** Worker name that `wrangler deploy` uses for the block. */
  readonly workerName: string;
  /** Its `ENVIRONMENT` var; else the block's name; the top level is production unless there is an `env.production`. */
  readonly environment: string;
}

export function blocksOf({ file, data }: WranglerConfig): ConfigBlock[] {
  const name = textAt(data, "name");
  if (name === undefined) throw new UserError(`${file} has no "name": give the worker one`);
  const environments = valueAt(data, ["env"]);
  const named = isJsonObject(environments) ? environments : {};
  const top: ConfigBlock = {
    path: [],
    data,
    workerName: name,
    environment: textAt(data, "vars", "ENVIRONMENT") ?? (Object.hasOwn(named, "production") ? "development" : "production"),
  };
  const blocks = Object.entries(named).map(([key, block]): ConfigBlock => {
    if (!isJsonObject(block)) throw new UserError(`${file}: env.${key} must be a table`);
    return {
      path: ["env", key],
      data: block,
      workerName: textAt(block, "name") ?? `${name}-${key}`,
      environment: textAt(block, "vars", "ENVIRONMENT") ?? key,
    };
  });
  return [top, ...blocks];
}
