/**
 * Does what arrives at about the same time in one go: a write to disk then costs one flush for all of it. Each promise is kept once
 * that is done.
 *
 * @param work gets everything that has arrived, in order, and gives an answer for each. It does all or, by throwing, nothing: then each
 *   is tried alone, so that one that cannot be done harms no other
 */
export function doneTogether<Item, Answer>(work: (items: readonly Item[]) => readonly Answer[]): (item: Item) => Promise<Answer> {
  let waiting: { item: Item; keep: (answer: Answer) => void; reject: (error: unknown) => void }[] = [];

  function doAll(taken: typeof waiting): void {
    try {
      const answers = work(taken.map(({ item }) => item));
      for (const [at, answer] of answers.entries()) taken[at]?.keep(answer);
    } catch (error) {
      const [only, ...others] = taken;
      if (others.length === 0) only?.reject(error);
      else for (const one of taken) doAll([one]);
    }
  }

  return (item) =>
    new Promise((keep, reject) => {
      waiting.push({ item, keep, reject });
      if (waiting.length > 1) return;
      // The next turn of the loop: whatever has come in by then is taken along.
      setTimeout(() => {
        const taken = waiting;
        waiting = [];
        doAll(taken);
      }, 0);
    });
}
