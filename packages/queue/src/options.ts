/** How one queue is watched. */
export interface QueueOptions {
  /** `max_retries` of the consumer in the wrangler configuration; a consumer cannot read it. @default 3, the platform's */
  readonly maxRetries?: number;
  /** The objective for one message: slower ones are counted. @default 5,000 */
  readonly slowAfterMs?: number;
  /** Name of the producer binding of the dead letter queue. Without it poison gets there by the platform, without its reason. */
  readonly deadLetterQueue?: string;
  /** Failures of one fingerprint from which a message that fails so again is poison. @default 5 */
  readonly poisonAfter?: number;
}

/** Options of all queues of a worker; `queues` has those of single ones, by queue name. */
export interface QueuesOptions extends QueueOptions {
  /** The same for single queues, by queue name. */
  readonly queues?: Readonly<Record<string, QueueOptions>>;
}

export interface ResolvedQueueOptions {
  readonly maxRetries: number;
  readonly slowAfterMs: number;
  readonly deadLetterQueue: string | undefined;
  readonly poisonAfter: number;
}

/** The options of one queue, with the defaults. */
export function optionsOf(options: QueuesOptions, queue: string): ResolvedQueueOptions {
  const own = options.queues !== undefined && Object.hasOwn(options.queues, queue) ? options.queues[queue] : undefined;
  return {
    maxRetries: own?.maxRetries ?? options.maxRetries ?? 3,
    slowAfterMs: own?.slowAfterMs ?? options.slowAfterMs ?? 5_000,
    deadLetterQueue: own?.deadLetterQueue ?? options.deadLetterQueue,
    poisonAfter: own?.poisonAfter ?? options.poisonAfter ?? 5,
  };
}
