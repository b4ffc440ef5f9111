import type { Ports } from "./ports.ts";

/** An app that the stack runs when its folder has a wrangler.jsonc. */
export interface AppSpec {
  /** Folder below apps/, and name of the port. */
  readonly name: Extract<keyof Ports, "demo" | "evaluator" | "dashboard">;
  /** Entry of the local stack, where it is not production's. */
  readonly main?: string;
}

/** In the order in which they are deployed: the evaluator hosts what the others bind to. */
export const APPS: readonly AppSpec[] = [{ name: "evaluator" }, { name: "demo", main: "src/local.ts" }, { name: "dashboard" }];
