import { parseAlerts } from "@monotask/alerts/rules";
import { parseSlos } from "@monotask/slo";
import { Option } from "commander";
import type { Command } from "commander";
import { analyticsOf, rowsOrThrow } from "../analytics.ts";
import { cloudflareApi } from "../cloudflare/api.ts";
import { colour } from "../colour.ts";
import type { CommandContext } from "../command-context.ts";
import { usageOf, usageRow } from "../cost/usage.ts";
import { checkAccount, excessOf, readable, TOKEN_NEEDS } from "../doctor/check-account.ts";
import { checkConfig } from "../doctor/check-config.ts";
import type { Finding } from "../doctor/finding.ts";
import { entriesOf } from "../init/entries.ts";
import { wrapEntry } from "../init/wrap-entry.ts";
import type { Plan } from "../init/wanted.ts";
import { EXIT } from "../io.ts";
import type { Io } from "../io.ts";
import { readText } from "../read-text.ts";
import { PRODUCTION, resourcesOf } from "../resources.ts";
import { table } from "../table.ts";
import { readWranglerConfig } from "../wrangler-config/wrangler-config.ts";
import { withSource } from "./shared-options.ts";
import type { AnalyticsOptions } from "../analytics.ts";

interface DoctorOptions extends AnalyticsOptions {
  readonly config?: string;
  readonly env: string;
  readonly plan?: Plan;
  readonly tokens?: boolean;
  readonly json?: boolean;
}

/** Data points come after about a minute; an evaluator that wrote nothing for this long has stopped. */
const SILENT_AFTER_MS = 10 * 60_000;

/** What the free plan lacks, and what is there instead. */
const FREE_LACKS = [
  ["tail handler", "CPU time, kills for CPU and memory are not seen; latency and errors are"],
  ["Logpush", "logs are kept 3 days in Workers Logs instead of 90 days in R2"],
] as const;

/** `monotask doctor` and `monotask cost` */
export function registerDoctor(program: Command, { io, done }: CommandContext): void {
  withSource(program.command("doctor").description("what is missing or wrong, and how to mend it; changes nothing"))
    .option("--config <file>", "the worker's configuration")
    .option("--env <name>", "environment", PRODUCTION)
    .addOption(
      new Option("--plan <plan>", "also say what the plan lacks and how much of each quota is used").choices(["free", "paid"]),
    )
    .option("--tokens", "the permissions that deploy, evaluator, dashboard and CI need, and what a token has too many")
    .option("--json", "findings as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  monotask doctor\n  monotask doctor --plan free\n  monotask doctor --tokens\n\nEnvironment: with CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN the account is looked at too\nExit codes: 0 no problem, 1 at least one problem, 2 wrong usage",
    )
    .action(async (options: DoctorOptions) =>
      done(options.tokens === true ? await tokens(io, options) : await doctor(io, options)),
    );
  withSource(program.command("cost").description("the last day's use of each quota, against the plan"))
    .addOption(new Option("--plan <plan>", "the Workers plan").choices(["free", "paid"]).default("free"))
    .addHelpText(
      "after",
      "\nExample: monotask cost --plan paid\n\nExit codes: 0 every quota below 80 %, 1 one above, 2 wrong usage",
    )
    .action(async (options: AnalyticsOptions & { plan: Plan }) => done(await cost(io, options)));
}

async function doctor(io: Io, options: DoctorOptions): Promise<number> {
  const plan = options.plan ?? "free";
  const findings = [...(await checkProject(io, options, plan)), ...(await checkRemote(io, options, plan))];
  if (options.json === true) io.out(JSON.stringify(findings, undefined, 2));
  else for (const finding of findings) io.out(shown(io, finding));
  if (options.plan !== undefined && options.json !== true) {
    if (options.plan === "free")
      io.out(`\nThe free plan lacks:\n${FREE_LACKS.map(([name, what]) => `  ${name}: ${what}`).join("\n")}`);
    if (canMeasure(io, options)) await cost(io, { ...options, plan });
    else io.out("\nUse of the quotas is not shown: it needs CLOUDFLARE_ACCOUNT_ID and ANALYTICS_API_TOKEN, or --local");
  }
  const problems = findings.filter(({ level }) => level === "problem").length;
  const warnings = findings.filter(({ level }) => level === "warning").length;
  if (options.json !== true)
    io.out(`\n${problems} problem${problems === 1 ? "" : "s"}, ${warnings} warning${warnings === 1 ? "" : "s"}`);
  return problems > 0 ? EXIT.failed : EXIT.ok;
}

async function checkProject(io: Io, options: DoctorOptions, plan: Plan): Promise<Finding[]> {
  const config = await readWranglerConfig(io, options.config);
  const findings = checkConfig(config, plan);
  for (const { file: main, workerName } of entriesOf(config)) {
    const entry = await readText(io, main);
    if (entry === undefined) {
      const what = `${main}, the "main" of ${config.file}, is not there`;
      findings.push({ level: "warning", area: "code", what, fix: "build it first, then look again" });
      continue;
    }
    const wrapped = wrapEntry(entry, main, workerName);
    findings.push(
      wrapped.result === "already"
        ? { level: "ok", area: "code", what: `${main} is wrapped in monitor()` }
        : {
            level: "problem",
            area: "code",
            what: `${main} is not wrapped in monitor(): nothing is measured`,
            fix: wrapped.result === "by hand" ? wrapped.why : "monotask init",
          },
    );
  }
  findings.push(
    await checkFile(io, "objectives", "config/slos.yaml", "monotask slo validate", (spec) => parseSlos([spec])),
    await checkFile(io, "alert rules", "config/alerts.yaml", "monotask alerts validate", parseAlerts),
  );
  return findings;
}

/** A file that `init` writes and a person goes on with. */
async function checkFile(
  io: Io,
  area: string,
  file: string,
  shows: string,
  parse: (spec: { readonly file: string; readonly text: string }) => {
    readonly issues: readonly { readonly severity: string }[];
  },
): Promise<Finding> {
  const text = await io.readFile(file).catch(() => undefined);
  if (text === undefined) return { level: "warning", area, what: `there is no ${file}`, fix: "monotask init writes one" };
  const errors = parse({ file, text }).issues.filter(({ severity }) => severity === "error").length;
  if (errors === 0) return { level: "ok", area, what: `${file} is valid` };
  return { level: "problem", area, what: `${file} has ${errors} error${errors === 1 ? "" : "s"}`, fix: `${shows} shows each` };
}

async function checkRemote(io: Io, options: DoctorOptions, plan: Plan): Promise<Finding[]> {
  const findings: Finding[] = [];
  const names = resourcesOf(options.env);
  const hasAccount = (io.env["CLOUDFLARE_ACCOUNT_ID"] ?? "") !== "" && (io.env["CLOUDFLARE_API_TOKEN"] ?? "") !== "";
  if (hasAccount) findings.push(...(await checkAccount(cloudflareApi(io), names, plan)));
  else
    findings.push({
      level: "warning",
      area: "account",
      what: "the account was not looked at",
      fix: "set CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN",
    });
  if (canMeasure(io, options)) {
    const dataset = options.dataset ?? io.env["ANALYTICS_DATASET"] ?? names.dataset;
    findings.push(...(await readable("heartbeat", async () => [await heartbeat(io, { ...options, dataset })])));
  }
  return findings;
}

/** The newest data point of any worker: if there is none, nothing above can be trusted. */
async function heartbeat(io: Io, options: AnalyticsOptions): Promise<Finding> {
  const toMs = io.now() + 1_000;
  const rows = rowsOrThrow(
    await analyticsOf(io, options).run({
      kinds: ["request", "gauge", "probe", "queue", "job"],
      fromMs: toMs - 86_400_000,
      toMs,
      groupBy: { at_seconds: { by: "time", seconds: 60 } },
      select: { points: { measure: "rows" } },
      orderBy: [{ column: "at_seconds", direction: "desc" }],
      limit: 1,
    }),
  );
  const last = Number(rows[0]?.["at_seconds"] ?? Number.NaN) * 1_000;
  if (Number.isNaN(last))
    return {
      level: "problem",
      area: "heartbeat",
      what: "no data point in 24 hours",
      fix: "send a request to your worker, wait a minute; then look at its log for what is missing",
    };
  const minutes = Math.round((toMs - last) / 60_000);
  return toMs - last > SILENT_AFTER_MS
    ? {
        level: "problem",
        area: "heartbeat",
        what: `the last data point is ${minutes} min old`,
        fix: "is the worker called, is the evaluator's cron running? npx wrangler tail monotask-evaluator",
      }
    : { level: "ok", area: "heartbeat", what: `the last data point is ${minutes} min old` };
}

async function tokens(io: Io, options: DoctorOptions): Promise<number> {
  const rows = TOKEN_NEEDS.flatMap(({ who, variable, permissions }) =>
    permissions.length === 0
      ? [[who, variable, "(none)"]]
      : permissions.map((permission, at) => [at === 0 ? who : "", at === 0 ? variable : "", permission]),
  );
  if (options.json !== true) io.out(table(["FOR", "VARIABLE", "PERMISSION"], rows, io.columns));
  const analytics = io.env["ANALYTICS_API_TOKEN"];
  const account = io.env["CLOUDFLARE_ACCOUNT_ID"] ?? "";
  const findings =
    analytics === undefined || analytics === "" || account === ""
      ? []
      : await excessOf(cloudflareApi({ ...io, env: { ...io.env, CLOUDFLARE_API_TOKEN: analytics } }), "ANALYTICS_API_TOKEN");
  if (options.json === true) io.out(JSON.stringify({ needs: TOKEN_NEEDS, findings }, undefined, 2));
  else
    io.out(
      findings.length === 0
        ? "\nSet CLOUDFLARE_ACCOUNT_ID and ANALYTICS_API_TOKEN to see what that token has too many."
        : `\n${findings.map((finding) => shown(io, finding)).join("\n")}`,
    );
  return findings.some(({ level }) => level === "problem") ? EXIT.failed : EXIT.ok;
}

async function cost(io: Io, options: AnalyticsOptions & { plan: Plan }): Promise<number> {
  const dataset = options.dataset ?? io.env["ANALYTICS_DATASET"] ?? "monotask";
  const usage = await usageOf(analyticsOf(io, options), options.plan, dataset, io.now());
  io.out(`\n${table(["QUOTA", "A DAY", "ALLOWED", "USED", "ADVICE"], usage.map(usageRow), io.columns)}`);
  return usage.some(({ usedRatio }) => usedRatio > 0.8) ? EXIT.failed : EXIT.ok;
}

function canMeasure(io: Io, options: AnalyticsOptions): boolean {
  const has = (name: string): boolean => (io.env[name] ?? "") !== "";
  return (
    options.local === true ||
    ((has("ANALYTICS_SQL_URL") || has("CLOUDFLARE_ACCOUNT_ID")) && (has("ANALYTICS_API_TOKEN") || has("CLOUDFLARE_API_TOKEN")))
  );
}

function shown(io: Io, { level, area, what, fix }: Finding): string {
  const mark = {
    ok: colour(io, "ok", "✓ ok     "),
    warning: colour(io, "warning", "! warning"),
    problem: colour(io, "critical", "✗ problem"),
  }[level];
  return `${mark} ${area}: ${what}${fix === undefined ? "" : `\n            → ${fix}`}`;
}
