import { postEvaluator, readEvaluator } from "../../evaluator-api.ts";
import { EXIT, UserError, type Io, UsageError } from "../../io.ts";
import { recordOf, recordsOf, textOf, textsOf, type JsonRecord } from "../../records.ts";
import { table } from "../../table.ts";
import { isConfirmed } from "../alerts/close.ts";

export interface KillOptions {
  readonly stuck: boolean;
  readonly pool?: string;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

/** Room for 40 characters of id and of owner beside the other columns. */
const LEAST_COLUMNS = 140;
const SANDBOXES = "/api/v1/sandboxes";

/** `monotask sandbox list` */
export async function listSandboxes(io: Io, { pool, json }: { readonly pool?: string; readonly json: boolean }): Promise<number> {
  const answer = await readEvaluator(io, pool === undefined ? SANDBOXES : `${SANDBOXES}?pool=${encodeURIComponent(pool)}`);
  if (json) {
    io.out(JSON.stringify(answer, undefined, 2));
    return EXIT.ok;
  }
  const pools = recordsOf(answer, "pools").map((each) => [
    textOf(each, "pool"),
    `${textOf(each, "active")} of ${textOf(each, "capacity")}`,
    textOf(each, "stuck"),
    textOf(each, "waiting"),
  ]);
  if (pools.length === 0) {
    io.out("No sandbox has ever asked for a place.");
    return EXIT.ok;
  }
  io.out(table(["POOL", "ACTIVE", "STUCK", "WAITING"], pools, io.columns));
  const sandboxes = recordsOf(answer, "sandboxes");
  if (sandboxes.length > 0) io.out(`\n${sandboxTable(io, sandboxes)}`);
  if (sandboxes.some((each) => textOf(each, "status") === "stuck")) io.out("\nNext: monotask sandbox kill --stuck --dry-run");
  return EXIT.ok;
}

/** `monotask sandbox show ID` */
export async function showSandbox(io: Io, id: string, isJson: boolean): Promise<number> {
  const answer = await readEvaluator(io, `${SANDBOXES}/${encodeURIComponent(id)}`);
  if (isJson) {
    io.out(JSON.stringify(answer, undefined, 2));
    return EXIT.ok;
  }
  const found = recordOf(answer, "sandbox") ?? recordOf(answer, "ended") ?? {};
  const lines = Object.entries(found).filter(([, value]) => value !== null);
  io.out(lines.map(([name, value]) => `${name.padEnd(18)}${shown(name, value)}`).join("\n"));
  return EXIT.ok;
}

/** `monotask sandbox kill`: shows what is meant, asks, then has it destroyed. */
export async function killSandboxes(io: Io, ids: readonly string[], options: KillOptions): Promise<number> {
  if (ids.length > 0 === options.stuck)
    throw new UsageError("name sandboxes, or give --stuck: monotask sandbox kill --stuck --dry-run");
  const request = {
    ...(ids.length > 0 ? { ids } : { stuck: true }),
    ...(options.pool === undefined ? {} : { pool: options.pool }),
    force: options.force,
  };
  const meant = idsOf(await postEvaluator(io, `${SANDBOXES}/kill`, { ...request, dryRun: true }));
  for (const id of ids.filter((one) => !meant.includes(one))) {
    io.err(`${id} has no place; what became of it: monotask sandbox show ${id}`);
  }
  if (meant.length === 0) {
    io.out(options.stuck ? "Nothing is stuck." : "None of them has a place; see monotask sandbox list.");
    return options.stuck ? EXIT.ok : EXIT.failed;
  }
  if (options.dryRun) {
    io.out(`It would be ${meant.length === 1 ? "this one" : `these ${meant.length}`}:\n${meant.join("\n")}`);
    return EXIT.ok;
  }
  const what = options.force ? "Give back the places of" : "Destroy";
  const question = `${what} ${meant.length} sandbox${meant.length === 1 ? "" : "es"} (${meant.slice(0, 5).join(", ")}${meant.length > 5 ? ", …" : ""})?`;
  if (!options.yes && !(await isConfirmed(io, question)))
    throw new UserError("nothing is done; add --yes to do it without a question");
  const done = idsOf(await postEvaluator(io, `${SANDBOXES}/kill`, request));
  io.out(
    options.force
      ? `${done.length} given up; their places are free.`
      : `${done.length} ordered to be destroyed by the next caller of the pool, at the latest its next minute. Next: monotask sandbox list`,
  );
  return EXIT.ok;
}

/** `monotask sandbox reconcile` */
export async function reconcileSandboxes(io: Io, options: { readonly pool?: string; readonly dryRun: boolean }): Promise<number> {
  const answer = await postEvaluator(io, `${SANDBOXES}/reconcile`, {
    dryRun: options.dryRun,
    ...(options.pool === undefined ? {} : { pool: options.pool }),
  });
  const pools = recordsOf(answer, "pools");
  if (pools.length === 0) {
    io.out("No app has looked at its platform yet: its cron calls reconcile() of @monotask/sandbox once a minute.");
    return EXIT.failed;
  }
  for (const pool of pools) {
    const [orphans, ghosts, started] = ["orphans", "ghosts", "started"].map((key) => textsOf(pool, key));
    const parts = [
      part("orphan", orphans, options.dryRun ? "would be destroyed" : "ordered to be destroyed"),
      part("ghost", ghosts, options.dryRun ? "would be given up" : "given up"),
      part("lost start", started, options.dryRun ? "would be ready" : "ready"),
    ].flatMap((text) => text ?? []);
    const seen = `platform seen ${seenAgo(pool["asOfMs"], io.now())}`;
    io.out(`${textOf(pool, "pool")}: ${parts.length === 0 ? "nothing to repair" : parts.join("; ")} (${seen})`);
  }
  return EXIT.ok;
}

function part(name: string, ids: readonly string[] | undefined, what: string): string | undefined {
  if (ids === undefined || ids.length === 0) return undefined;
  return `${ids.length} ${name}${ids.length === 1 ? "" : "s"} ${what}: ${ids.join(", ")}`;
}

function seenAgo(asOfMs: unknown, nowMs: number): string {
  return typeof asOfMs === "number" ? `${Math.max(0, Math.round((nowMs - asOfMs) / 1_000))} s ago` : "at an unknown time";
}

function sandboxTable(io: Io, sandboxes: readonly JsonRecord[]): string {
  const rows = sandboxes.map((each) => [
    textOf(each, "id"),
    textOf(each, "pool"),
    textOf(each, "status"),
    textOf(each, "cause"),
    secondsOf(each["acquiredAtMs"], io.now()),
    textOf(each, "owner"),
  ]);
  // Ids are copied from here: the table may wrap, but not cut them.
  return table(["ID", "POOL", "STATUS", "CAUSE", "AGE", "OWNER"], rows, Math.max(io.columns, LEAST_COLUMNS));
}

function secondsOf(sinceMs: unknown, nowMs: number): string {
  return typeof sinceMs === "number" ? `${Math.max(0, Math.round((nowMs - sinceMs) / 1_000))} s` : "";
}

function shown(name: string, value: unknown): string {
  if (typeof value === "number") return name.endsWith("Ms") ? new Date(value).toISOString() : String(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

function idsOf(answer: unknown): string[] {
  return textsOf(answer, "ids");
}
