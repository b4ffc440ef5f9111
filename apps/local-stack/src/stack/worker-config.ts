import { readFileSync } from "node:fs";
import { parse, printParseErrorCode, type ParseError } from "jsonc-parser";
import { StackError } from "./stack-error.ts";

/** A wrangler configuration as it stands in the file. */
export type WorkerConfig = Readonly<Record<string, unknown>>;

/**
 * Reads a wrangler.jsonc: JSON with comments and trailing commas.
 * @returns undefined where there is no such file
 * @throws StackError with file and line when it is no JSON object
 */
export function readWorkerConfig(file: string): WorkerConfig | undefined {
  const text = textOf(file);
  return text === undefined ? undefined : parseWorkerConfig(text, file);
}

/** @throws StackError with file and line when the text is no JSON object */
export function parseWorkerConfig(text: string, file: string): WorkerConfig {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    const line = text.slice(0, first.offset).split("\n").length;
    throw new StackError(`${file}:${line} is not valid JSON: ${printParseErrorCode(first.error)}. Correct that line.`);
  }
  if (!isObject(value)) throw new StackError(`${file} is not a JSON object. Write it as { "name": …, "main": … }.`);
  return value;
}

/** The objects of a list in the configuration; empty where the key is absent. */
export function objectsIn(value: unknown): WorkerConfig[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function isObject(value: unknown): value is WorkerConfig {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return undefined;
    throw new StackError(`${file} cannot be read: ${String(error)}`, { cause: error });
  }
}
