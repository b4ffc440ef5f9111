import type { ReportDay, ReportLine } from "./report.ts";

const WIDTH = 320;
const HEIGHT = 64;
const PAD = 4;

/** Budget left from day to day as an inline SVG: a line from 100 % down, with the zero line it must not cross. */
export function burnDownSvg(line: ReportLine, budget: number): string {
  const total = line.total;
  if (total === 0) return emptySvg("Nothing was measured.");
  const left = burnDown(line.days, total * budget);
  const low = Math.min(0, ...left);
  const x = (index: number): number => PAD + (index * (WIDTH - 2 * PAD)) / Math.max(1, left.length - 1);
  const y = (value: number): number => PAD + ((1 - value) / (1 - low)) * (HEIGHT - 2 * PAD);
  const points = left.map((value, index) => `${round(x(index))},${round(y(value))}`).join(" ");
  const end = left.at(-1) ?? 1;
  const colour = end < 0 ? "#b3261e" : "#1f6f43";
  return svg(
    `Budget left: ${Math.round(end * 100)} % at the end`,
    `<line x1="${PAD}" x2="${WIDTH - PAD}" y1="${round(y(0))}" y2="${round(y(0))}" stroke="#888" stroke-dasharray="3 3"/>` +
      `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="2"/>`,
  );
}

/** Failed share of each day as bars, against the share that the target allows. */
export function daysSvg(line: ReportLine, budget: number): string {
  if (line.total === 0) return emptySvg("Nothing was measured.");
  const shares = line.days.map((day) => (day.total === 0 ? 0 : (day.total - day.good) / day.total));
  const most = Math.max(budget * 1.5, ...shares);
  const y = (share: number): number => HEIGHT - PAD - (share / most) * (HEIGHT - 2 * PAD);
  const width = (WIDTH - 2 * PAD) / line.days.length;
  const bars = shares.map((share, index) => {
    const isOver = share > budget;
    const top = y(share);
    // Over the target is told by pattern of the outline too, not by colour alone.
    return `<rect x="${round(PAD + index * width + 1)}" y="${round(top)}" width="${round(Math.max(1, width - 2))}" height="${round(HEIGHT - PAD - top)}" fill="${isOver ? "#b3261e" : "#8fb8a0"}"${isOver ? ' stroke="#000"' : ""}/>`;
  });
  const allowed = round(y(budget));
  return svg(
    `Failed share by day; ${shares.filter((share) => share > budget).length} of ${shares.length} days above what the target allows`,
    `${bars.join("")}<line x1="${PAD}" x2="${WIDTH - PAD}" y1="${allowed}" y2="${allowed}" stroke="#444" stroke-dasharray="3 3"/>`,
  );
}

/** What is left after each day, 1 = all of it. */
export function burnDown(days: readonly ReportDay[], allowedEvents: number): number[] {
  let bad = 0;
  const left = days.map((day) => {
    bad += day.total - day.good;
    return allowedEvents === 0 ? (bad === 0 ? 1 : 0) : 1 - bad / allowedEvents;
  });
  return [1, ...left];
}

function emptySvg(text: string): string {
  return svg(text, `<text x="${PAD}" y="${HEIGHT / 2}" font-size="12" fill="#666">${text}</text>`);
}

function svg(title: string, inside: string): string {
  return `<svg role="img" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" xmlns="http://www.w3.org/2000/svg"><title>${title}</title>${inside}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
