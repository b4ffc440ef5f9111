import { createDeadLetterDesk, createLetterStore, type DeadLetterDesk, type LetterStore } from "@monotask/queue/dead-letters";
import { readSettings } from "@monotask/telemetry";
import { senderFor } from "./bindings.ts";

export function letterStore(env: Env): LetterStore {
  return createLetterStore({ db: env.DB, bucket: env.DEAD_LETTER_BODIES });
}

/** Where dead letters are read, sent back and dropped. */
export function deadLetterDesk(env: Env): DeadLetterDesk {
  const { clock } = readSettings(env);
  return createDeadLetterDesk({ store: letterStore(env), clock, senderOf: (queue) => senderFor(env, queue) });
}
