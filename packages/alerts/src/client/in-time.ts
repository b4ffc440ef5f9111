/** Who has not answered by then is out of reach: three attempts fit into what a worker may still do after its answer (30 s). */
const ANSWER_MS = 5_000;

/** The work's end, or a failure where it does not end in time. */
export async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer within 5 s")), ANSWER_MS);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
