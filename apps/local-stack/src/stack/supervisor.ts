import type { Child } from "./child.ts";

/** A process that is started again when it ends by itself. */
export interface Supervised {
  /** Process id of the group that runs now; undefined while it is being started again. */
  pid(): number | undefined;
  /** How often it was started again. */
  restarts(): number;
  /** Ends it without notice (SIGKILL), as a crash would. Resolves when it runs again. */
  kill(): Promise<void>;
  /** Resolves with the reason when it ends too often to be started again. */
  readonly broken: Promise<string>;
  stop(): Promise<void>;
}

export interface SupervisorOptions {
  readonly name: string;
  readonly start: () => Promise<Child>;
  readonly logDir: string;
  /** Epoch ms; tests pass their own. */
  readonly now?: () => number;
}

/** A process that ends this often within the time is broken, not unlucky. */
const [MOST_RESTARTS, WITHIN_MS] = [5, 60_000];

/**
 * Starts a process and starts it again whenever it ends by itself.
 * @throws what the first start throws
 */
export async function supervise({ name, start, logDir, now = Date.now }: SupervisorOptions): Promise<Supervised> {
  let child: Child | undefined = await start();
  let isStopping = false;
  let running = Promise.resolve();
  const restartsMs: number[] = [];
  let giveUp: (why: string) => void = () => undefined;
  const broken = new Promise<string>((resolve) => (giveUp = resolve));

  const watch = (watched: Child): void => {
    void watched.ended.then((how) => {
      if (isStopping) return;
      child = undefined;
      restartsMs.push(now());
      const last = watched.lastLines().slice(-5).join("\n");
      if (restartsMs.filter((atMs) => now() - atMs < WITHIN_MS).length > MOST_RESTARTS) {
        giveUp(`${name} ended again and again (${how}); its log is in ${logDir}.\n${last}`);
        return;
      }
      running = startAgain();
    });
  };
  const startAgain = async (): Promise<void> => {
    try {
      const again = await start();
      child = again;
      watch(again);
    } catch (error) {
      giveUp(`${name} could not be started again: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  watch(child);

  return {
    pid: () => child?.pid,
    restarts: () => restartsMs.length,
    async kill() {
      const killed = child;
      if (killed === undefined) return running;
      killed.kill();
      await killed.ended;
      // The watcher of `ended` has begun the new start by the next turn.
      await Promise.resolve();
      await running;
    },
    broken,
    async stop() {
      isStopping = true;
      await running;
      await child?.stop();
    },
  };
}
