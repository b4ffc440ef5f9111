/** Draws in [0, 1), the same for the same seed. */
export function seededDraws(seed: number): () => number {
  let draws = 0;
  return () => uniform(seed, (draws += 1));
}

/** The `n`th draw in [0, 1) of a seed: a 32-bit mix with the constants of MurmurHash3's finalizer. */
export function uniform(seed: number, n: number): number {
  let mixed = (Math.imul(seed, 0x9e3779b9) + Math.imul(n, 0x61c88647)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}
