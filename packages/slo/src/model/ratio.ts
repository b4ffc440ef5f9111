/** A fraction of two non-negative safe integers in lowest terms. Targets, budgets and factors are ratios, never floats: 1 − 0.999 is not 0.001. */
export interface Ratio {
  readonly num: number;
  readonly den: number;
}

/** More digits than any target needs, few enough that a target's denominator stays far below 2^53. */
const MAX_INTEGER_DIGITS = 6;
const MAX_FRACTION_DIGITS = 7;

/**
 * A fraction in lowest terms.
 * @throws RangeError when a part is negative or not a safe integer, or `den` is 0.
 */
export function ratio(num: number, den: number): Ratio {
  if (!isCount(num) || !isCount(den) || den === 0) throw new RangeError(`not a ratio of safe integers: ${num}/${den}`);
  const divisor = greatestCommonDivisor(num, den);
  return { num: num / divisor, den: den / divisor };
}

/** `"99.9"` → 999/10, exactly. Undefined when the text is not a plain decimal of at most 6 + 7 digits. */
export function parseDecimal(text: string): Ratio | undefined {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [, integer = "", fraction = ""] = match;
  if (integer.length > MAX_INTEGER_DIGITS || fraction.length > MAX_FRACTION_DIGITS) return undefined;
  return ratio(Number(integer + fraction), 10 ** fraction.length);
}

/** `r` × `num`/`den`, in lowest terms before it is multiplied out. */
export function timesRatio(r: Ratio, by: Ratio): Ratio {
  const across = ratio(r.num, by.den);
  const back = ratio(by.num, r.den);
  return ratio(across.num * back.num, across.den * back.den);
}

/** 1 − `r`, for `r` in 0..1. */
export function oneMinus(r: Ratio): Ratio {
  return ratio(r.den - r.num, r.den);
}

/** The nearest float, for display only; no decision reads it. */
export function toNumber(r: Ratio): number {
  return r.num / r.den;
}

/**
 * Negative, 0 or positive as Π`left` is below, equal to or above Π`right`. Exact for non-negative safe integers of any
 * number: products leave 2^53 only into BigInt.
 */
export function compareProducts(left: readonly number[], right: readonly number[]): number {
  const leftProduct = safeProduct(left);
  const rightProduct = safeProduct(right);
  if (leftProduct !== undefined && rightProduct !== undefined) return leftProduct - rightProduct;
  const difference = bigProduct(left) - bigProduct(right);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

/** ⌊Π`over` / Π`under`⌋, exact while the result is a safe integer. Π`under` must not be 0. */
export function floorQuotient(over: readonly number[], under: readonly number[]): number {
  const overProduct = safeProduct(over);
  const underProduct = safeProduct(under);
  if (overProduct !== undefined && underProduct !== undefined) return (overProduct - (overProduct % underProduct)) / underProduct;
  return Number(bigProduct(over) / bigProduct(under));
}

function safeProduct(factors: readonly number[]): number | undefined {
  // A product that would round never comes back below the limit, because all factors are integers: 0 aside, they only grow it.
  if (factors.includes(0)) return 0;
  let product = 1;
  for (const factor of factors) product *= factor;
  return Number.isSafeInteger(product) ? product : undefined;
}

function bigProduct(factors: readonly number[]): bigint {
  return factors.reduce((product, factor) => product * BigInt(factor), 1n);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
