import type { Unit } from "@monotask/telemetry";

/** A number as people say it: `212 ms`, `1.3 s`, `1.3 k`, `4.4 %`, `12.4 MB`. */
export function shownNumber(value: number, unit: Unit | "rate" = "any"): string {
  if (!Number.isFinite(value)) return "no data";
  switch (unit) {
    case "ms":
      return shownDuration(value);
    case "bytes":
      return `${scaled(value, ["", "k", "M", "G", "T"])}B`;
    case "ratio":
      return `${shownPercent(value * 100)} %`;
    case "bool":
      return value === 0 ? "no" : "yes";
    case "rate":
      return `${scaled(value, ["", "k", "M", "G"])}/s`;
    case "count":
    case "weight":
    case "any":
      return scaled(value, ["", "k", "M", "G"]).trimEnd();
  }
}

/** What is rare but not nothing never reads as nothing. */
function shownPercent(percent: number): string {
  return percent !== 0 && Math.abs(percent) < 0.1 ? String(Number(percent.toPrecision(2))) : trimmed(percent, 1);
}

function shownDuration(ms: number): string {
  const size = Math.abs(ms);
  if (size < 10) return `${trimmed(ms, 1)} ms`;
  if (size < 1_000) return `${trimmed(ms, 0)} ms`;
  if (size < 60_000) return `${trimmed(ms / 1_000, 1)} s`;
  if (size < 3_600_000) return `${trimmed(ms / 60_000, 1)} min`;
  return `${trimmed(ms / 3_600_000, 1)} h`;
}

function scaled(value: number, steps: readonly string[]): string {
  let rest = value;
  let at = 0;
  while (Math.abs(rest) >= 1_000 && at < steps.length - 1) {
    rest /= 1_000;
    at += 1;
  }
  return `${trimmed(rest, at > 0 || !Number.isInteger(rest) ? (Math.abs(rest) < 1 ? 3 : 1) : 0)} ${steps[at] ?? ""}`;
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
