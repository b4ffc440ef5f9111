import type { Scope } from "./scope.ts";

/** What is measured by hand at the moment, so that the binding below must not measure it a second time. */
export type Muted = "database" | "external" | undefined;

/** What asynchronous code finds of the invocation that it runs in. */
export interface Frame {
  readonly scope: Scope;
  readonly mutes: Muted;
}
