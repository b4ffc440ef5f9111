export { createDeadLetterConsumer, type DeadLetterConsumerOptions } from "./consumer.ts";
export {
  createDeadLetterDesk,
  type DeadLetterDesk,
  type DeadLetterDeskOptions,
  type ListRequest,
  type RedriveRequest,
  type RedriveResult,
} from "./desk.ts";
export { LETTER_STATES, type DeathReason, type LetterState, type LetterView } from "./letter.ts";
export type { RateLimit } from "./rate.ts";
export type { LetterFilter } from "./selection.ts";
export { createLetterStore, type LetterCount, type LetterStore, type LetterStoreOptions } from "./store.ts";
export { deadLetterTables } from "./tables.ts";
