/** Milliseconds until the next answer. */
export type LatencySource = () => number;

interface LatencyShape {
  readonly seed: number;
  readonly medianMs: number;
  /** Standard deviation of the logarithm: 0.4 puts the P95 at about twice the median. */
  readonly sigma: number;
  /** 1 is real time; 0 answers at once. */
  readonly scale: number;
}

/** Log-normal waiting times, the same for the same seed. An answer never takes more than twenty medians. */
export function logNormalLatency({ seed, medianMs, sigma, scale }: LatencyShape): LatencySource {
  const random = seededRandom(seed);
  return () => scale * Math.min(medianMs * Math.exp(sigma * standardNormal(random)), medianMs * LONGEST_IN_MEDIANS);
}

const LONGEST_IN_MEDIANS = 20;

/** Box and Muller's transform of two uniform draws. */
function standardNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Uniform draws in [0, 1): a Weyl sequence through a 32-bit mixer (the constants are the golden ratio's and MurmurHash3's finalizer). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}
