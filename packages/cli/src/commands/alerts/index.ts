import type { Command } from "commander";
import type { CommandContext } from "../../command-context.ts";
import { addRuleVerbs } from "../alert-rules.ts";
import { acknowledgeAlert } from "./ack.ts";
import { closeWorker } from "./close.ts";
import { explainAlert } from "./explain.ts";
import { showHistory } from "./history.ts";
import { listAlerts } from "./list.ts";
import { sendDrill, sendTest } from "./rehearse.ts";
import { showAlert } from "./show.ts";
import { endSilence, listSilences, silenceAlerts, type SilenceOptions } from "./silence.ts";

interface ByOption {
  readonly by?: string;
}

/** `monotask alerts …` */
export function registerAlerts(program: Command, context: CommandContext): void {
  const { io, done } = context;
  const alerts = program.command("alerts").description("what fires, who has it, and why anybody was told");
  const verb = (name: string, description: string, example: string): Command =>
    alerts.command(name).description(description).addHelpText("after", `\nExample: monotask alerts ${example}`);
  const json = (command: Command): Command => command.option("--json", "the evaluator's answer as it is", false);
  const by = (command: Command): Command => command.option("--by <name>", "who does it; $USER by default");

  json(verb("list", "what fires now", "list --json")).action(async ({ json: isJson }: { json: boolean }) => {
    done(await listAlerts(io, isJson));
  });
  json(verb("show <id>", "one alert in full", "show 3f2a9c")).action(async (id: string, { json: isJson }: { json: boolean }) => {
    done(await showAlert(io, id, isJson));
  });
  json(verb("explain <id>", "why you were paged, or were not", "explain 3f2a9c")).action(
    async (id: string, { json: isJson }: { json: boolean }) => {
      done(await explainAlert(io, id, isJson));
    },
  );
  by(verb("ack <id>", "take an alert, or a whole group by its key, for 4 h", "ack 3f2a9c --by kim")).action(
    async (id: string, options: ByOption) => {
      done(await acknowledgeAlert(io, id, options.by));
    },
  );
  by(verb("silence <matchers...>", "hold alerts back for a while", 'silence worker=api-* --for 2h --why "migration"'))
    .option("--for <duration>", "how long: 30m, 2h, 7d at most")
    .option("--until <time>", "until when, ISO 8601")
    .option("--from <time>", "from when, ISO 8601; now by default")
    .option("--why <reason>", "what whoever is on call next should know")
    .option("--preview", "show what would be hidden and change nothing", false)
    .option("--yes", "do not ask", false)
    .action(async (matchers: string[], options: SilenceOptions) => {
      done(await silenceAlerts(io, matchers, options));
    });
  json(verb("silences", "silences that hold or are to come", "silences")).action(async ({ json: isJson }: { json: boolean }) => {
    done(await listSilences(io, isJson));
  });
  by(verb("unsilence <id>", "end a silence now", "unsilence 1c9b0f2e")).action(async (id: string, options: ByOption) => {
    done(await endSilence(io, id, options.by));
  });
  json(verb("history", "what happened, newest first", "history --limit 20"))
    .option("--limit <count>", "lines", "50")
    .option("--group <key>", "of one group only")
    .action(async (options: { limit: string; group?: string; json: boolean }) => {
      done(await showHistory(io, options));
    });
  by(verb("close", "end every alert of a worker that is gone", "close --worker old-api"))
    .requiredOption("--worker <name>", "the deleted worker")
    .option("--yes", "do not ask", false)
    .action(async (options: { worker: string; by?: string; yes: boolean }) => {
      done(await closeWorker(io, options));
    });
  by(verb("test", "send a test message, resolved within a minute", "test --channel slack --channel email"))
    .requiredOption("--channel <target>", "email, slack, pagerduty, webhook or log; more than once for several", collect, [])
    .action(async (options: { channel: string[]; by?: string }) => {
      done(await sendTest(io, options.channel, options.by));
    });
  by(verb("drill <rule>", "run a made-up outage of a rule through the whole path", "drill error-rate --to slack:#drills"))
    .requiredOption("--to <target>", "who hears of it; more than once for several", collect, [])
    .action(async (rule: string, options: { to: string[]; by?: string }) => {
      done(await sendDrill(io, rule, options.to, options.by));
    });
  addRuleVerbs(alerts, context);
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}
