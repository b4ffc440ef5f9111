import type { PanelUnit } from "@monotask/panels";

/** A figure as people read it. */
export interface Figure {
  readonly text: string;
  readonly unit: string;
}

const NOTHING: Figure = { text: "–", unit: "" };

/** `212 ms`, `1.3 k/s`, `4.4 %`: three significant digits, the unit apart. */
export function figureOf(value: number | null | undefined, unit: PanelUnit): Figure {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  switch (unit) {
    case "ms":
      return durationOf(value);
    case "percent":
      return { text: percentText(value), unit: "%" };
    case "per-second":
      return rateOf(value, 0);
    case "per-minute":
      return rateOf(value, 1);
    case "count":
      return { text: short(value), unit: "" };
    case "bytes":
      return bytesOf(value);
  }
}

export function figureText(value: number | null | undefined, unit: PanelUnit): string {
  const figure = figureOf(value, unit);
  return figure.unit === "" ? figure.text : `${figure.text} ${figure.unit}`;
}

/** The same on an axis, where every label has the unit of the panel. */
export function axisText(value: number, unit: PanelUnit): string {
  if (unit === "per-second") return `${short(value)} /s`;
  return unit === "per-minute" ? `${short(value)} /min` : figureText(value, unit);
}

/** Lengths of time that rates are told by, and how many of them the next one has. */
const PER: readonly (readonly [unit: string, inNext: number])[] = [
  ["/s", 60],
  ["/min", 60],
  ["/h", 24],
  ["/d", 1],
];

/** What is rare is told by the hour or day: `0.13 /h` says more than `3.5e-5 /s`. */
function rateOf(value: number, at: number): Figure {
  const [unit, inNext] = PER[at] ?? ["/d", 1];
  const isRare = value !== 0 && Math.abs(value) < 0.01 && at < PER.length - 1;
  return isRare ? rateOf(value * inNext, at + 1) : { text: short(value), unit };
}

/** How far sampling may be off, where it says anything: `± 2 %`. */
export function errorText(relativeError: number): string {
  return relativeError < 0.005
    ? ""
    : `± ${relativeError < 0.1 ? (relativeError * 100).toFixed(1) : Math.round(relativeError * 100)} %`;
}

function durationOf(ms: number): Figure {
  if (ms < 1) return { text: ms === 0 ? "0" : digits(ms), unit: "ms" };
  if (ms < 999.5) return { text: digits(ms), unit: "ms" };
  if (ms < 119_500) return { text: digits(ms / 1_000), unit: "s" };
  if (ms < 119.5 * 60_000) return { text: digits(ms / 60_000), unit: "min" };
  return { text: short(ms / 3_600_000), unit: "h" };
}

function bytesOf(bytes: number): Figure {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let [value, at] = [bytes, 0];
  while (value >= 1_023.5 && at < units.length - 1) [value, at] = [value / 1_024, at + 1];
  return { text: digits(value), unit: units[at] ?? "B" };
}

/** More digits near 100 %, where they matter. */
function percentText(ratio: number): string {
  const percent = ratio * 100;
  // Rounded down, so that nothing lost is told as whole; 0.9993 × 100 is 99.92999… and means 99.93.
  if (percent > 99 && percent < 100) return (Math.floor(Number((percent * 1_000).toPrecision(12))) / 1_000).toString();
  return digits(percent);
}

function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 999_500) return `${digits(value / 1_000_000)} M`;
  if (size >= 9_999.5) return `${digits(value / 1_000)} k`;
  if (size >= 1_000) return Math.round(value).toLocaleString("en");
  return digits(value);
}

function digits(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toString();
  if (size < 0.001) return value.toExponential(1);
  return Number(value.toPrecision(3)).toString();
}

export function countText(value: number): string {
  return Math.round(value).toLocaleString("en");
}
