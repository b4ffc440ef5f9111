import type { Command } from "commander";
import { cloudflareApi } from "../cloudflare/api.ts";
import type { CloudflareApi } from "../cloudflare/api.ts";
import { bucketLifecycle, otherRules } from "../cloudflare/resource.ts";
import type { CommandContext } from "../command-context.ts";
import { ensure } from "../deploy/ensure.ts";
import { wordAt } from "../json.ts";
import { EXIT, UserError } from "../io.ts";
import type { Io } from "../io.ts";
import { LOGPUSH_FILE, parseLogpushConfig } from "../logpush/logpush-config.ts";
import { logpushChanges, r2KeysOf, shownJob } from "../logpush/logpush-plan.ts";
import type { LogpushChange } from "../logpush/logpush-plan.ts";
import { PRODUCTION, resourcesOf } from "../resources.ts";

interface LogpushOptions {
  readonly config: string;
  readonly env: string;
}

/** `monotask logpush …` */
export function registerLogpush(program: Command, { io, done }: CommandContext): void {
  const logpush = program.command("logpush").description("logs in R2 for 90 days (Workers Paid)");
  const verbs = [
    ["plan", "what differs between the account and config/logpush.json; changes nothing"],
    ["apply", "make the account as config/logpush.json says"],
  ] as const;
  for (const [verb, what] of verbs) {
    logpush
      .command(verb)
      .description(what)
      .option("--config <file>", "configuration", LOGPUSH_FILE)
      .option("--env <name>", "environment", PRODUCTION)
      .addHelpText(
        "after",
        `\nExample: monotask logpush ${verb} --env staging\n\nEnvironment: CLOUDFLARE_ACCOUNT_ID, CLOUDFLARE_API_TOKEN (Workers R2 Storage: Edit, Logs: Edit), R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY\nExit codes: 0 done${verb === "plan" ? ", nothing to change" : ""}, 1 ${verb === "plan" ? "something to change, or " : ""}refused, 2 wrong usage`,
      )
      .action(async (options: LogpushOptions) => done(verb === "plan" ? await plan(io, options) : await apply(io, options)));
  }
}

async function plan(io: Io, options: LogpushOptions): Promise<number> {
  const changes = await changesOf(io, cloudflareApi(io), options);
  if (changes.length === 0) {
    io.out("Nothing to change.");
    return EXIT.ok;
  }
  io.out(changes.map(shown).join("\n"));
  io.out(`\nMake it so: monotask logpush apply${options.env === PRODUCTION ? "" : ` --env ${options.env}`}`);
  return EXIT.failed;
}

async function apply(io: Io, options: LogpushOptions): Promise<number> {
  const api = cloudflareApi(io);
  const changes = await changesOf(io, api, options);
  await applyLogpush(io, api, changes);
  io.out(
    changes.length === 0
      ? "Nothing to change."
      : 'Done. A worker\'s logs are pushed once its configuration says "logpush": true (monotask init --plan paid).',
  );
  return EXIT.ok;
}

async function changesOf(io: Io, api: CloudflareApi, options: LogpushOptions): Promise<LogpushChange[]> {
  const text = await io.readFile(options.config).catch(() => undefined);
  if (text === undefined) throw new UserError(`${options.config} cannot be read; monotask init --plan paid writes one`);
  return logpushChanges(api, parseLogpushConfig(text, options.config), resourcesOf(options.env), r2KeysOf(io));
}

export async function applyLogpush(io: Io, api: CloudflareApi, changes: readonly LogpushChange[]): Promise<void> {
  for (const change of changes) {
    if (change.does === "make") await ensure(io, api, change.resource);
    else if (change.does === "set retention") {
      // Read now: a bucket that was just made has a rule of its own.
      const rules = await api.call({ method: "GET", path: `/r2/buckets/${change.bucket}/lifecycle` });
      await ensure(io, api, bucketLifecycle(change.bucket, change.days, change.prefix, otherRules(rules)));
    } else if (change.does === "create job") {
      await api.call({ method: "POST", path: "/logpush/jobs", body: change.job });
      io.out(`  created  Logpush job ${wordAt(change.job, "name")}`);
    } else {
      // Name and dataset of a job cannot be changed.
      const { name: _name, dataset: _dataset, ...body } = change.job;
      await api.call({ method: "PUT", path: `/logpush/jobs/${change.id}`, body });
      io.out(`  updated  Logpush job ${wordAt(change.job, "name")}: ${change.differs.join(", ")}`);
    }
  }
}

function shown(change: LogpushChange): string {
  if (change.does === "set retention") return `+ lifecycle of R2 bucket ${change.bucket}: ${change.days} days`;
  if (change.does === "make") return `+ ${change.resource.what}`;
  if (change.does === "create job") return `+ Logpush job\n${shownJob(change.job)}`;
  return `~ Logpush job ${wordAt(change.job, "name")}: ${change.differs.join(", ")}`;
}
