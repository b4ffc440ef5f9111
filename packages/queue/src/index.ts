export { monitorQueue, type MonitorQueueOptions } from "./monitor-queue.ts";
export { observeBatch, type BatchDeps, type BatchObserver, type HandlerEnd } from "./batch/observe-batch.ts";
export { watchedHandler } from "./watched-handler.ts";
export type { QueueOptions, QueuesOptions } from "./options.ts";
export type { QueueBatch, QueueMessage, QueueSender } from "./batch/message.ts";
export { eachMessage, type EachMessageOptions } from "./retry/each-message.ts";
export { giveUp, retryLater, type RetryOptions } from "./retry/retry-later.ts";
export { backoffSeconds, MAX_DELAY_SECONDS, type Backoff } from "./retry/backoff.ts";
export { isPassing } from "./failure/passing.ts";
export { parseRetryAfter, retryAfterMsOf } from "./failure/retry-after.ts";
export { noteFailure, type Failure } from "./failure/failure.ts";
export { envelopeOf, isPlainJson, type DeadLetterEnvelope } from "./poison/envelope.ts";
export { judge, type Attempt, type PoisonMemory, type PoisonReason, type PoisonRules, type Verdict } from "./poison/judge.ts";
export {
  DEPTH_GAUGES,
  readDepths,
  withSecondSource,
  writeDepths,
  type DepthFailure,
  type DepthReading,
  type QueueDepth,
} from "./depth/depth.ts";
export { readGraphqlDepths, type GraphqlDepthOptions } from "./depth/graphql.ts";
export { readQueueIds, type QueueIds } from "./depth/queue-ids.ts";
