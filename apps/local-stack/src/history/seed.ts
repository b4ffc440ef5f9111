import type { Random } from "../traffic/random.ts";
import { sqlUrlOf, type Addresses } from "../stack/addresses.ts";
import { LOCAL_CREDENTIALS } from "@monotask/cli/local";
import { StackError } from "../stack/stack-error.ts";
import { historyPoints, SYNTHETIC } from "./points.ts";

/** Points in one request. */
const BATCH = 20_000;

export interface HistoryOptions {
  /** The month ends here, epoch ms. */
  readonly endMs: number;
  readonly random: Random;
  /** Points of each route in a slot; see `historyPoints`. */
  readonly density?: number;
}

/**
 * Gives the local Analytics Engine an invented month, marked as such, unless it has one: so that no panel is empty on first sight.
 * @returns how many points were written; 0 where they were there before
 * @throws StackError with what the engine said
 */
export async function seedHistory(addresses: Addresses, { endMs, random, density }: HistoryOptions): Promise<number> {
  if (await hasHistory(addresses)) return 0;
  let [lines, written]: [string[], number] = [[], 0];
  for (const point of historyPoints(endMs, random, density)) {
    lines.push(JSON.stringify(point));
    if (lines.length < BATCH) continue;
    written += await write(addresses, lines);
    lines = [];
  }
  return written + (lines.length > 0 ? await write(addresses, lines) : 0);
}

async function hasHistory(addresses: Addresses): Promise<boolean> {
  const response = await fetch(sqlUrlOf(addresses), {
    method: "POST",
    headers: { authorization: `Bearer ${LOCAL_CREDENTIALS.analyticsToken}` },
    body: `SELECT count() AS n FROM monotask WHERE blob1 = '${SYNTHETIC}' FORMAT TabSeparated`,
  });
  const text = await response.text();
  // A dataset without points is not there yet.
  return response.ok && Number(text.trim()) > 0;
}

async function write(addresses: Addresses, lines: readonly string[]): Promise<number> {
  const response = await fetch(`${addresses.analytics}/datasets/monotask/points`, {
    method: "POST",
    headers: { authorization: `Bearer ${LOCAL_CREDENTIALS.analyticsToken}` },
    body: lines.join("\n"),
  });
  const text = await response.text();
  if (!response.ok) throw new StackError(`The history was not taken (${response.status}): ${text.slice(0, 300)}`);
  return lines.length;
}
