// The entry under the condition `workerd`, which bundlers for Workers set: it imports what elsewhere `process` has to be asked for,
// since making `process` is half of what monitoring costs a cold isolate.
import * as workers from "cloudflare:workers";
import { provideBuiltin } from "./runtime/builtin.ts";

// As a namespace: a runtime that lacks a name of it must not fail to start.
provideBuiltin("cloudflare:workers", workers);

export * from "./index.ts";
