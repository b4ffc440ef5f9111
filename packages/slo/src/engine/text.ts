/** 9310 → `9,310`. Written out, so that every runtime prints the same. */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/**
 * Three figures at most: 0.0441 → `4.4 %`, 0.00032 → `0.032 %`, 1 → `100 %`, −1.234 → `−123 %`. A share that is not 0 never reads 0, one
 * below 1 never 100.
 */
export function formatShare(share: number): string {
  if (share < 0) return `−${formatShare(-share)}`;
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  if (percent > 99 && percent < 100) return `${trimZeros(Math.min(percent, 99.9999).toFixed(4))} %`;
  return percent < LEAST_PERCENT ? `< ${LEAST_PERCENT.toFixed(6)} %` : `${formatFigure(percent)} %`;
}

/** The smallest figure that six decimals can show. */
const LEAST_PERCENT = 1e-6;

/** 44.25 → `44×`, 6.31 → `6.3×`, 0.021 → `0.021×`. */
export function formatBurn(burn: number): string {
  return `${formatFigure(burn)}×`;
}

/** 14.4 → `14.4×`, 6 → `6×`: what a burn is held against is exact to a hundredth. */
export function formatFactor(factor: number): string {
  return `${trimZeros(factor.toFixed(2))}×`;
}

/** 903 → `15 h`, 43.2 → `43 min`, 8640 → `6 d`. Minutes in, people's units out. */
export function formatSpan(minutes: number): string {
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return `${Math.round(minutes)} min`;
  if (minutes < 2 * 1_440) return `${Math.round(minutes / 60)} h`;
  return `${Math.round(minutes / 1_440)} d`;
}

/** 5 → `5 minutes`, 60 → `hour`, 1440 → `day`, 4320 → `3 days`: what stands after "in the last". */
export function formatWindow(minutes: number): string {
  if (minutes % 1_440 === 0) return plural(minutes / 1_440, "day");
  if (minutes > 2 * 1_440) return plural(Math.round(minutes / 1_440), "day");
  if (minutes % 60 === 0) return plural(minutes / 60, "hour");
  return plural(minutes, "minute");
}

/** 43.2 → `43.2`, −0.5 → `−0.5`, 1234.56 → `1,235`. */
export function formatMinutesLeft(minutes: number): string {
  const sign = minutes < 0 ? "−" : "";
  const amount = Math.abs(minutes);
  return `${sign}${amount >= 100 ? formatCount(Math.round(amount)) : trimZeros(amount.toFixed(1))}`;
}

/** Epoch minute → `2026-11-23 14:02 UTC`. */
export function formatMinuteUtc(minute: number): string {
  return `${new Date(minute * 60_000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function formatFigure(value: number): string {
  if (value >= 10) return formatCount(Math.round(value));
  if (value >= 1) return trimZeros(value.toFixed(1));
  return trimZeros(Number(value.toPrecision(2)).toFixed(6));
}

function trimZeros(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}

function plural(amount: number, unit: string): string {
  return amount === 1 ? unit : `${amount} ${unit}s`;
}
