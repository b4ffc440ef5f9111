/** Whoever asks while another request reads the same waits this long at most, then reads by itself. */
const LONGEST_WAIT_MS = 5_000;

/** Keeps work alive after its request is over: `ctx.waitUntil`. */
export type KeepAlive = (work: Promise<unknown>) => void;

/**
 * Waits for what another request began. A request whose client has gone may be cut off by the platform, and its promise then never
 * settles: so the wait is bounded, and the work itself is kept alive by who began it.
 */
export async function waitFor(work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, LONGEST_WAIT_MS)));
  try {
    await Promise.race([work.then(ignore, ignore), patience]);
  } finally {
    clearTimeout(timer);
  }
}

function ignore(): void {
  // How it ended is in the cache.
}
