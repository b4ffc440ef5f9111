import { compareProducts, floorQuotient, oneMinus, toNumber } from "../model/ratio.ts";
import type { Ratio } from "../model/ratio.ts";
import type { BurnRule, Slo } from "../model/slo.ts";
import { badOf } from "./window.ts";
import type { WindowSums } from "./window.ts";

/** What held an alert back although both windows burn: too few events to rule chance out, or counts too roughly estimated. */
export type Guard = "low-traffic" | "sampling";

const MINUTES_A_YEAR = 365 * 1_440;
/** One-sided 95 %: the burn must exceed the factor at the lower end of what sampling leaves open. */
const ONE_SIDED_95 = 1.6449;

/** What holds a burning rule back, undefined where nothing does. */
export function guardOf(slo: Slo, rule: BurnRule, long: WindowSums, short: WindowSums): Guard | undefined {
  const isSampled = long.varTotal > 0 || short.varTotal > 0;
  if (isSampled && !(isSurelyAbove(slo, rule.factor, long) && isSurelyAbove(slo, rule.factor, short))) return "sampling";
  const alpha = alphaOf(slo, rule);
  return alpha !== undefined && isCompatibleWithBudget(slo, long, alpha) ? "low-traffic" : undefined;
}

/**
 * The false-alarm probability that one look at a rule may have; undefined where chance is not judged: the guard is off, or time slices,
 * which are no independent events.
 */
export function alphaOf(slo: Slo, rule: BurnRule): number | undefined {
  if (slo.falsePagesPerYear === undefined || slo.method.kind === "timeslices") return undefined;
  return (slo.falsePagesPerYear * rule.longMinutes) / (2 * MINUTES_A_YEAR);
}

/** Whether the burn's lower confidence bound, from the variance that sampling leaves, still exceeds the factor. */
function isSurelyAbove(slo: Slo, factor: Ratio, window: WindowSums): boolean {
  if (window.total === 0) return false;
  const bad = badOf(window);
  const rate = bad / window.total;
  const varBad = Math.max(0, window.varTotal - window.varGood);
  const variance = ((1 - rate) ** 2 * varBad + rate ** 2 * window.varGood) / window.total ** 2;
  const covered = window.measuredMinutes / (window.toMinute - window.fromMinute + 1);
  return (rate - ONE_SIDED_95 * Math.sqrt(variance)) * covered > toNumber(factor) * toNumber(oneMinus(slo.target));
}

/**
 * Whether the failures of a window could be chance with the error rate exactly at the budget, at false-alarm probability `alpha`: an
 * exact one-sided binomial test. Sampled counts are replaced by the smaller ones that carry as much information.
 */
export function isCompatibleWithBudget(slo: Slo, window: WindowSums, alpha: number): boolean {
  const { failures, events } = effectiveCounts(window);
  return !isTailBelow(failures, events, toNumber(oneMinus(slo.target)), alpha);
}

export function effectiveCounts(window: WindowSums): EffectiveCounts {
  return effectiveOf(badOf(window), window.total, Math.max(0, window.varTotal - window.varGood));
}

/** Counts without weights that carry as much information as weighted ones. */
export interface EffectiveCounts {
  readonly failures: number;
  readonly events: number;
}

/** k = ⌊bad²/(bad + varBad)⌋ of n = ⌈k·total/bad⌉. */
export function effectiveOf(bad: number, total: number, varBad: number): EffectiveCounts {
  if (bad === 0) return { failures: 0, events: total };
  const failures = varBad === 0 ? bad : floorQuotient([bad, bad], [bad + varBad]);
  const whole = floorQuotient([failures, total], [bad]);
  const isExact = compareProducts([whole, bad], [failures, total]) === 0;
  return { failures, events: isExact ? whole : whole + 1 };
}

/**
 * Whether P(X ≥ k) < alpha for X ~ Binomial(n, p). Bounds on the tail (Chernoff above, Ash 1990 below) settle most cases at once;
 * between them the terms are added up from k on.
 */
export function isTailBelow(k: number, n: number, p: number, alpha: number): boolean {
  if (k <= 0 || k <= n * p) return alpha > 1;
  if (isTailFarBelow(k, n, p, Math.log(alpha))) return true;
  const share = k / n;
  const exponent = -n * divergence(share, p);
  if (exponent < Math.log(alpha)) return true;
  if (share < 1 && exponent - 0.5 * Math.log(8 * k * (1 - share)) > Math.log(alpha)) return false;
  return binomialTail(k, n, p) < alpha;
}

/**
 * Whether the tail is so far below that it needs no logarithm of its own to say so: divergence is at least (share − p)² / 2·share. A
 * real outage is told from chance by this alone.
 */
export function isTailFarBelow(k: number, n: number, p: number, logAlpha: number): boolean {
  const gap = k - n * p;
  return gap > 0 && gap * gap > -2 * k * logAlpha;
}

/** P(X ≥ k) for k above the mean, where terms fall from k on. */
export function binomialTail(k: number, n: number, p: number): number {
  let term = Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
  let sum = 0;
  for (let hits = k; hits <= n && term > sum * 1e-17; hits += 1) {
    sum += term;
    term *= ((n - hits) * p) / ((hits + 1) * (1 - p));
  }
  return Math.min(1, sum);
}

function divergence(a: number, b: number): number {
  const hit = a === 0 ? 0 : a * Math.log(a / b);
  return a === 1 ? hit : hit + (1 - a) * Math.log((1 - a) / (1 - b));
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** Stirling's series; exact sums below 20, where it is weakest. */
function logFactorial(n: number): number {
  if (n < 20) {
    let sum = 0;
    for (let factor = 2; factor <= n; factor += 1) sum += Math.log(factor);
    return sum;
  }
  const inverse = 1 / n;
  const correction = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1_260;
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + correction;
}
