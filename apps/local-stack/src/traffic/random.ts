/** Draws in [0, 1). */
export type Random = () => number;

/** Uniform draws, the same for the same seed: mulberry32 (Tommy Ettinger, public domain), whose period of 2^32 outlasts any run. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of the choices, in proportion to its weight. */
export function weighted<T>(choices: readonly (readonly [weight: number, choice: T])[], random: Random): T | undefined {
  let left = random() * choices.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, choice] of choices) {
    left -= weight;
    if (left < 0) return choice;
  }
  return choices.at(-1)?.[1];
}

/** One of the list, each as likely as the others; undefined when it is empty. */
export function oneOf<T>(list: readonly T[], random: Random): T | undefined {
  return list[Math.floor(random() * list.length)];
}
