import { formatCount, formatMinuteUtc, formatShare } from "../engine/text.ts";
import { burnDownSvg, daysSvg } from "./chart.ts";
import type { DeadLetterGroup, Report, ReportLine } from "./report.ts";

/** A report as Markdown, without charts. */
export function reportMarkdown(report: Report): string {
  const head = ["Objective", "Target", "Kept", "Good of all", "Budget spent", "Budget left", "Measured"];
  const rows = report.lines.map((line) => cellsOf(line).map(escapeCell));
  const table = [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
  const parts = [
    `# ${report.title}`,
    verdictOf(report),
    table,
    ...sectionsOf(report).map(([title, items]) => `## ${title}\n\n${items.map((item) => `- ${escapeText(item)}`).join("\n")}`),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** A report as one HTML page: no script, no link to the outside, charts inline. */
export function reportHtml(report: Report): string {
  const rows = report.lines.map((line) => {
    const [name = "", ...cells] = cellsOf(line);
    const chart = report.kind === "weekly" ? daysSvg(line, budgetOf(line)) : burnDownSvg(line, budgetOf(line));
    return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}<td>${chart}</td></tr>`;
  });
  const head = [
    "Objective",
    "Target",
    "Kept",
    "Good of all",
    "Budget spent",
    "Budget left",
    "Measured",
    report.kind === "weekly" ? "Failed by day" : "Budget left",
  ];
  const sections = sectionsOf(report).map(
    ([title, items]) => `<h2>${escapeHtml(title)}</h2><ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")}</ul>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(report.title)}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1b1b1b;background:#fff}table{border-collapse:collapse;width:100%}th,td{padding:.4rem .6rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}thead th{border-bottom:2px solid #888}</style></head>
<body><h1>${escapeHtml(report.title)}</h1><p>${escapeHtml(verdictOf(report))}</p>
<table><thead><tr>${head.map((title) => `<th scope="col">${title}</th>`).join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table>
${sections.join("\n")}</body></html>
`;
}

function verdictOf({ lines }: Report): string {
  const missed = lines.filter((line) => line.isMet === false);
  const silent = lines.filter((line) => line.isMet === undefined);
  const kept = lines.length - missed.length - silent.length;
  const parts = [`${kept} of ${lines.length} objectives kept`];
  if (missed.length > 0) parts.push(`missed: ${missed.map((line) => line.name).join(", ")}`);
  if (silent.length > 0) parts.push(`without data: ${silent.map((line) => line.name).join(", ")}`);
  return `${parts.join("; ")}.`;
}

function cellsOf(line: ReportLine): string[] {
  return [
    line.name,
    line.target,
    line.isMet === undefined ? "no data" : line.isMet ? "yes" : "no",
    line.compliance === undefined
      ? `0 ${line.events}`
      : `${compliance(line.compliance)} (${formatCount(line.good)} of ${formatCount(line.total)} ${line.events})`,
    line.budgetSpent === undefined ? "–" : formatShare(line.budgetSpent),
    line.budgetLeftRatio === undefined ? "–" : formatShare(line.budgetLeftRatio),
    formatShare(Math.min(1, line.coverage)),
  ];
}

function sectionsOf(report: Report): (readonly [title: string, items: readonly string[]])[] {
  const unacknowledged = report.unacknowledged.map(({ name, firedMinute }) => `${name}, fired ${formatMinuteUtc(firedMinute)}`);
  const exclusions = report.lines.flatMap((line) =>
    line.exclusions.map(
      (range) =>
        `${line.name}: ${formatMinuteUtc(range.fromMinute)} to ${formatMinuteUtc(range.toMinute)}, by ${range.by}: ${range.reason}`,
    ),
  );
  const sections: (readonly [string, readonly string[]])[] = [
    ["Alerts that nobody acknowledged", unacknowledged.length === 0 ? ["None."] : unacknowledged],
  ];
  if (report.deadLetters !== undefined)
    sections.push([
      "Messages in dead letter queues",
      report.deadLetters.length === 0 ? ["None."] : report.deadLetters.map(letterText),
    ]);
  if (exclusions.length > 0) sections.push(["Excluded times", exclusions]);
  if (report.unshownMetrics !== undefined)
    sections.push(["Metrics that no panel shows", report.unshownMetrics.length === 0 ? ["None."] : report.unshownMetrics]);
  return sections;
}

function letterText({ queue, error, fingerprint, count, oldestMinute, messageIds }: DeadLetterGroup): string {
  const more = count > messageIds.length ? ", …" : "";
  const named = messageIds.length === 0 ? "" : ` (${messageIds.join(", ")}${more})`;
  return `${queue}: ${formatCount(count)} × ${error}${named}; fingerprint ${fingerprint}, the oldest from ${formatMinuteUtc(oldestMinute)}`;
}

/** The share of failures that the target allows, from what was spent: both are of the same events. */
function budgetOf(line: ReportLine): number {
  return 1 - Number.parseFloat(line.target.replace(/[>\s%]/g, "")) / 100;
}

/** Four decimals, rounded down: 99.98999 % is not 99.99 %. */
function compliance(share: number): string {
  return `${Math.floor(share * 1e6) / 1e4} %`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function escapeCell(text: string): string {
  return escapeText(text).replaceAll("|", "\\|");
}

/** Keeps a name from becoming Markdown. */
function escapeText(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ").replaceAll(/([\\`*_[\]<>])/g, "\\$1");
}
