const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `200ms`, `30s`, `5m`, `6h`, `30d`, `1h30m` → milliseconds. Undefined for anything else: signs, blanks, fractions, units out of order, 0. */
export function parseDurationMs(text: string): number | undefined {
  if (!/^(\d{1,9}w)?(\d{1,9}d)?(\d{1,9}h)?(\d{1,9}m)?(\d{1,9}s)?(\d{1,9}ms)?$/.test(text)) return undefined;
  let durationMs = 0;
  for (const [, amount = "", unit = ""] of text.matchAll(/(\d+)(ms|[wdhms])/g))
    durationMs += Number(amount) * (UNIT_MS[unit] ?? 0);
  return durationMs > 0 && Number.isSafeInteger(durationMs) ? durationMs : undefined;
}

/** 60 → `1h`, 4320 → `3d`, 90 → `1h30m`, 10080 → `7d`. */
export function formatMinutes(minutes: number): string {
  const parts: readonly [number, string][] = [
    [Math.floor(minutes / 1_440), "d"],
    [Math.floor((minutes % 1_440) / 60), "h"],
    [minutes % 60, "m"],
  ];
  const text = parts.map(([amount, unit]) => (amount > 0 ? `${amount}${unit}` : "")).join("");
  return text === "" ? "0m" : text;
}

/** 200 → `200ms`, 30 000 → `30s`. */
export function formatMs(durationMs: number): string {
  return durationMs % 1_000 === 0 ? `${durationMs / 1_000}s` : `${durationMs}ms`;
}
