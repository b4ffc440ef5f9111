import type { Issue, SpecFile } from "./issue.ts";

/** Lines shown above the one that is wrong. */
const LINES_BEFORE = 2;

/**
 * Issues as text for a terminal: place, code, message, the lines around it with a caret, and the hint; without colour.
 * @param sources the files that were parsed; an issue of a file that is not among them is shown without its lines.
 */
export function formatIssues(issues: readonly Issue[], sources: readonly SpecFile[]): string {
  return issues.map((issue) => formatIssue(issue, sources.find((source) => source.file === issue.file)?.text)).join("\n\n");
}

function formatIssue(issue: Issue, text: string | undefined): string {
  const where = issue.path === "" ? "" : `  at ${issue.path}`;
  const head = `${issue.file}:${issue.line}:${issue.column} ${issue.severity} ${issue.code}: ${issue.message}${where}`;
  const frame = text === undefined ? [] : codeFrame(text, issue.line, issue.column);
  return [head, ...frame, `  hint: ${issue.hint}`].join("\n");
}

function codeFrame(text: string, line: number, column: number): string[] {
  const lines = text.split(/\r?\n/);
  const first = Math.max(1, line - LINES_BEFORE);
  const width = String(line).length;
  const shown = lines.slice(first - 1, line).map((content, index) => {
    const number = first + index;
    return `  ${number === line ? ">" : " "} ${String(number).padStart(width)} | ${content}`.trimEnd();
  });
  // Tabs are kept, so that the caret stands below its character in any terminal.
  const indent = (lines[line - 1] ?? "").slice(0, column - 1).replaceAll(/[^\t]/g, " ");
  return [...shown, `    ${" ".repeat(width)} | ${indent}^`];
}
