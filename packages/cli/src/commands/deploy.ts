import { join } from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import { cloudflareApi } from "../cloudflare/api.ts";
import type { CloudflareApi } from "../cloudflare/api.ts";
import { bucket, bucketLifecycle, d1Database, kvNamespace, queue } from "../cloudflare/resource.ts";
import type { Resource } from "../cloudflare/resource.ts";
import type { CommandContext } from "../command-context.ts";
import { BUNDLED_APPS, layOut, readBundle } from "../deploy/bundle.ts";
import type { Bundle, BundledApp } from "../deploy/bundle.ts";
import { ensure, shownCall } from "../deploy/ensure.ts";
import { configFor, needsOf } from "../deploy/environment-config.ts";
import type { ResolvedIds } from "../deploy/environment-config.ts";
import { projectTexts } from "../deploy/project-texts.ts";
import { SECRETS, setSecrets } from "../deploy/secrets.ts";
import type { Plan } from "../init/wanted.ts";
import { EXIT, UserError, UsageError } from "../io.ts";
import type { Io } from "../io.ts";
import { LOGPUSH_FILE, parseLogpushConfig, startingLogpush } from "../logpush/logpush-config.ts";
import { logpushChanges, r2KeysOf } from "../logpush/logpush-plan.ts";
import { PRODUCTION, resourcesOf } from "../resources.ts";
import type { EnvironmentResources } from "../resources.ts";
import { collected, hidden } from "./shared-options.ts";
import { applyLogpush } from "./logpush.ts";

interface DeployOptions {
  readonly env: string;
  readonly plan: Plan;
  readonly only?: BundledApp;
  readonly dryRun?: boolean;
  readonly email?: string;
  readonly var?: readonly string[];
  readonly bundles?: string;
}

/** What goes up: the apps, the project's own files in them, and vars that the person gave. */
interface Deployed {
  readonly bundles: readonly Bundle[];
  readonly texts: Readonly<Record<string, string>>;
  readonly vars: Readonly<Record<string, string>>;
}

/** `monotask deploy` */
export function registerDeploy(program: Command, { io, done }: CommandContext): void {
  program
    .command("deploy")
    .description("evaluator and dashboard to your Cloudflare account, with everything they need; a second time changes nothing")
    .option("--env <name>", "environment; each has its own dataset, KV, D1 and AlertManager", PRODUCTION)
    .addOption(new Option("--plan <plan>", "the Workers plan; paid adds log retention").choices(["free", "paid"]).default("free"))
    .addOption(new Option("--only <app>", "one app").choices(BUNDLED_APPS))
    .option("--email <address>", "where alerts are mailed to (else the var ALERT_EMAIL)")
    .option("--var <NAME=value>", "a var of the apps, such as ACCESS_AUD=… (repeatable)", collected)
    .option("--dry-run", "print every call and command, offline; nothing is asked or changed")
    .addOption(hidden("--bundles <folder>", "built apps"))
    .addHelpText(
      "after",
      `
Examples:
  monotask deploy --dry-run
  monotask deploy --email alerts@example.com
  monotask deploy --env staging --only evaluator

Environment: CLOUDFLARE_ACCOUNT_ID, CLOUDFLARE_API_TOKEN (see monotask doctor --tokens); a secret is taken from the variable of its name
(${SECRETS.map(({ name }) => name).join(", ")}), else asked for
Exit codes: 0 deployed, 1 refused or a step failed (run it again: what is done stays done), 2 wrong usage`,
    )
    .action(async (options: DeployOptions) => {
      const names = resourcesOf(options.env);
      if (!/^[a-z][a-z0-9-]{0,30}$/.test(options.env))
        throw new UsageError(`--env "${options.env}": use lower case letters, digits and dashes`);
      const vars = varsOf(options.var ?? []);
      const bundles = await Promise.all(
        BUNDLED_APPS.filter((app) => options.only === undefined || app === options.only).map((app) =>
          readBundle(app, options.bundles),
        ),
      );
      const texts = await projectTexts(io);
      if (options.dryRun === true) dryRun(io, bundles, names, options);
      else await deploy(io, cloudflareApi(io), { bundles, texts, vars }, names, options);
      done(EXIT.ok);
    });
}

function dryRun(io: Io, bundles: readonly Bundle[], names: EnvironmentResources, options: DeployOptions): void {
  const show = ({ what, find, create }: Resource): void =>
    io.out(`${what}\n${shownCall(find)}\n${shownCall(create)}   (where it is not there)`);
  for (const { app, config } of bundles) {
    io.out(`\n# ${names[app]}`);
    for (const resource of resourcesFor(config, names)) show(resource);
    for (const command of commandsFor(app, config, names, `.monotask/deploy/${names[app]}/wrangler.json`))
      io.out(`  $ ${command.join(" ")}`);
    io.out(shownCall({ method: "GET", path: `/workers/scripts/${names[app]}/secrets` }));
    for (const { name, apps } of SECRETS)
      if (apps.includes(app))
        io.out(
          shownCall({
            method: "PUT",
            path: `/workers/scripts/${names[app]}/secrets`,
            body: { name, text: "…", type: "secret_text" },
          }),
        );
  }
  if (options.plan === "paid") {
    io.out("\n# Logs");
    show(bucket(names.logBucket));
    show(bucketLifecycle(names.logBucket, 90, "workers/", []));
    io.out(
      `Logpush job ${names.logpushJob}\n${shownCall({ method: "GET", path: "/logpush/jobs" })}\n${shownCall({ method: "POST", path: "/logpush/jobs", body: { name: names.logpushJob, dataset: "workers_trace_events", destination_conf: `r2://${names.logBucket}/…` } })}   (where it is not there)`,
    );
  }
  io.out("\nNothing was called. Deploy: monotask deploy without --dry-run");
}

async function deploy(
  io: Io,
  api: CloudflareApi,
  { bundles, texts, vars }: Deployed,
  names: EnvironmentResources,
  options: DeployOptions,
): Promise<void> {
  const secrets = new Map<string, string>();
  for (const bundle of bundles) {
    const { app, config } = bundle;
    io.out(`${names[app]}`);
    const ids = await idsOf(io, api, config, names);
    const folder = join(io.cwd, ".monotask", "deploy", names[app]);
    const settings = { accountId: api.accountId, alertEmail: options.email, vars };
    await layOut(bundle, folder, configFor(app, config, names, ids, settings), texts);
    for (const [program = "", ...words] of commandsFor(app, config, names, join(folder, "wrangler.json"))) {
      const code = await io.runProgram(program, words);
      if (code !== 0)
        throw new UserError(
          `${[program, ...words].join(" ")} ended with ${code}. Nothing needs undoing: mend what it names and run monotask deploy again`,
        );
    }
    await setSecrets(io, api, app, names[app], secrets);
  }
  if (options.plan === "paid") {
    io.out("Logs");
    const text = (await io.readFile(LOGPUSH_FILE).catch(() => undefined)) ?? startingLogpush([]);
    await applyLogpush(io, api, await logpushChanges(api, parseLogpushConfig(text), names, r2KeysOf(io)));
  }
  io.out("\nDeployed. Next: monotask doctor, then npx wrangler deploy for your own worker.");
}

async function idsOf(io: Io, api: CloudflareApi, config: Bundle["config"], names: EnvironmentResources): Promise<ResolvedIds> {
  const needs = needsOf(config, names);
  const [kv, d1]: [Record<string, string>, Record<string, string>] = [{}, {}];
  for (const [binding, title] of needs.kv) kv[binding] = await ensure(io, api, kvNamespace(title));
  for (const [binding, name] of needs.d1) d1[binding] = await ensure(io, api, d1Database(name));
  for (const name of needs.queues) await ensure(io, api, queue(name));
  for (const name of needs.buckets) await ensure(io, api, bucket(name));
  return { kv, d1 };
}

function resourcesFor(config: Bundle["config"], names: EnvironmentResources): Resource[] {
  const { kv, d1, queues, buckets } = needsOf(config, names);
  return [
    ...kv.map(([, title]) => kvNamespace(title)),
    ...d1.map(([, name]) => d1Database(name)),
    ...queues.map(queue),
    ...buckets.map(bucket),
  ];
}

/** wrangler uploads code and assets and runs migrations: it is what every user of Workers has. */
function commandsFor(_app: BundledApp, config: Bundle["config"], names: EnvironmentResources, configFile: string): string[][] {
  const wrangler = (...words: string[]): string[] => ["npx", "--yes", "wrangler", ...words, "--config", configFile];
  return [
    ...needsOf(config, names).d1.map(([, name]) => wrangler("d1", "migrations", "apply", name, "--remote")),
    wrangler("deploy", "--no-bundle"),
  ];
}

function varsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new UsageError(`--var "${pair}": write it as NAME=value`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
