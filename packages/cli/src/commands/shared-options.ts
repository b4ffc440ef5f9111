import { Option } from "commander";
import type { Command } from "commander";
import type { RowFormat } from "../show/rows.ts";

export interface FormatOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
}

export function withFormats(command: Command): Command {
  return command.option("--json", "rows as JSON, numbers exact").option("--csv", "rows as CSV, numbers exact");
}

/** `--json` wins where both are given. */
export function formatOf({ json, csv }: FormatOptions): RowFormat {
  return json === true ? "json" : csv === true ? "csv" : "table";
}

/** Where data points are read from. */
export function withSource(command: Command): Command {
  return command
    .option("--local", "ask the local stack instead of Cloudflare")
    .option("--dataset <name>", "dataset (default: ANALYTICS_DATASET, else monotask)");
}

/** A repeatable option. */
export function collected(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/** An option for tests and this repository, which `--help` does not name. */
export function hidden(flags: string, description: string): Option {
  return new Option(flags, description).hideHelp();
}
