/** Draws in [0, 1). */
export type Random = () => number;

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
