import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { postEvaluator, readEvaluator } from "../evaluator-api.ts";
import { EXIT, UsageError } from "../io.ts";

/** `monotask api`: what has no verb of its own. */
export function registerApi(program: Command, { io, done }: CommandContext): void {
  program
    .command("api")
    .description("call the evaluator's API as it is")
    .argument("<path>", "such as /api/v1/slos")
    .option("--post <json>", "POST this body instead of GET")
    .addHelpText("after", "\nExamples:\n  monotask api /api/v1/notifications\n\nEnvironment: MONOTASK_URL, MONOTASK_API_TOKEN")
    .action(async (path: string, options: { post?: string }) => {
      if (!path.startsWith("/api/v1/")) throw new UsageError(`"${path}" is no path of the API; it begins with /api/v1/`);
      const answer =
        options.post === undefined ? await readEvaluator(io, path) : await postEvaluator(io, path, bodyOf(options.post));
      io.out(JSON.stringify(answer, undefined, 2));
      done(EXIT.ok);
    });
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UsageError("--post must be JSON, such as '{}'");
  }
}
