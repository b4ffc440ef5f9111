import type { Command } from "commander";
import type { CommandContext } from "../../command-context.ts";
import { showDepths } from "./depth.ts";
import { dropLetters, listLetters, redriveLetters, showLetter, type Selection } from "./dlq.ts";

const NEXT = "\nEnvironment: MONOTASK_URL, MONOTASK_API_TOKEN";

/** `monotask queue …` */
export function registerQueue(program: Command, { io, done }: CommandContext): void {
  const queue = program.command("queue").description("queues and their dead letters");
  queue
    .command("depth")
    .description("how much waits in each queue now")
    .option("--json", "the evaluator's answer as it is", false)
    .action(async (options: { json: boolean }) => done(await showDepths(io, options.json)));

  const dlq = queue.command("dlq").description("dead letters: messages that could not be processed");
  withSelection(dlq.command("list").description("those that wait for a person, newest first, and what they died of"))
    .option("--state <state>", "stored, redriving, redriven, uncertain or dropped")
    .option("--limit <count>", "at most so many", "50")
    .option("--json", "the evaluator's answer as it is", false)
    .addHelpText("after", `\nExample: monotask queue dlq list --queue agent-jobs${NEXT}`)
    .action(async (options: Selection & { state?: string; limit: string; json: boolean }) => {
      done(await listLetters(io, options));
    });
  dlq
    .command("show")
    .description("one dead letter: its death, and a scrubbed preview of its body")
    .argument("<id>", "message id")
    .option("--queue <name>", "where two queues share the id")
    .option("--json", "the evaluator's answer as it is", false)
    .action(async (id: string, options: { queue?: string; json: boolean }) => done(await showLetter(io, id, options)));
  withSelection(dlq.command("redrive").description("send dead letters back into their queue, each once, no faster than the rate"))
    .argument("[ids...]", "message ids")
    .option("--all", "every dead letter that fits the options", false)
    .option("--include-uncertain", "also those that an earlier redrive may have sent: they may then be processed twice", false)
    .option("--by <name>", "who does it (default: USER)")
    .option("--dry-run", "only show which it would be", false)
    .option("--yes", "do not ask", false)
    .addHelpText("after", `\nExample: monotask queue dlq redrive --all --fingerprint 5ad5e1f2c0ffee00${NEXT}`)
    .action(async (ids: string[], options: Parameters<typeof redriveLetters>[2]) => done(await redriveLetters(io, ids, options)));
  withSelection(dlq.command("drop").description("give dead letters up; they are kept for 30 more days"))
    .argument("[ids...]", "message ids")
    .option("--all", "every dead letter of the queue, or that fits the options", false)
    .option("--by <name>", "who does it (default: USER)")
    .option("--dry-run", "only show which it would be", false)
    .option("--yes", "do not ask", false)
    .action(async (ids: string[], options: Parameters<typeof dropLetters>[2]) => done(await dropLetters(io, ids, options)));
}

function withSelection(command: Command): Command {
  return command
    .option("--queue <name>", "of this queue")
    .option("--fingerprint <hash>", "that died of this bug")
    .option("--reason <reason>", "last-attempt, same-failure, given-up or unknown");
}
