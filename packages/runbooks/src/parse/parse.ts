import type { Runbook, RunbookIssue, Step } from "../model.ts";
import { pageOf } from "./blocks.ts";
import { frontMatterOf } from "./front-matter.ts";
import { BlockError, queryBlock } from "./query-block.ts";

export interface ParsedRunbook {
  readonly runbook: Runbook;
  /** Everything that is wrong, by line; a runbook with issues is not run. */
  readonly issues: readonly RunbookIssue[];
}

/** What makes a block run: the words behind its opening fence. */
export const BLOCK_WORDS = { query: "yaml monotask-query", read: "sh monotask-read", change: "sh monotask-change" } as const;

/**
 * Reads a runbook: front matter, headings, and the blocks that run.
 * @param name file name without `.md`
 */
export function parseRunbook(text: string, name: string): ParsedRunbook {
  const page = pageOf(text);
  const issues: RunbookIssue[] = [];
  const atTop = (message: string): void => {
    issues.push({ line: 1, message });
  };
  if (page.frontMatter === undefined)
    atTop("there is no front matter: begin the file with --- and the keys alerts, severity, owner");
  if (page.title === undefined) atTop("there is no title: write # and what is wrong");
  const steps: Step[] = [];
  for (const { info, text: body, line, path } of page.blocks) {
    const place = { number: steps.length + 1, title: path.at(-1) ?? "", path, line };
    if (info === BLOCK_WORDS.query) {
      try {
        steps.push({ type: "query", ...place, ...queryBlock(body) });
      } catch (error) {
        if (!(error instanceof BlockError)) throw error;
        issues.push({ line, message: error.message });
      }
    } else if (info === BLOCK_WORDS.read || info === BLOCK_WORDS.change) {
      const lines = body
        .split("\n")
        .map((one) => one.trim())
        .filter((one) => one !== "" && !one.startsWith("#"));
      if (lines.length === 0) issues.push({ line, message: "the block has no command" });
      const placeholders = [...new Set([...body.matchAll(/\{([a-z]\w*)\}/g)].map(([, word = ""]) => word))];
      steps.push({ type: "command", ...place, changes: info === BLOCK_WORDS.change, lines, placeholders });
    } else if (info.includes("monotask-")) {
      issues.push({ line, message: `"${info}" is no block that runs; use ${Object.values(BLOCK_WORDS).join(", ")}` });
    }
  }
  const about = frontMatterOf(page.frontMatter ?? "", page.frontMatter === undefined ? () => undefined : atTop);
  return { runbook: { name, title: page.title ?? name, about, sections: page.sections, steps }, issues };
}
