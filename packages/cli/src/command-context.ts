import type { Command } from "commander";
import type { Io } from "./io.ts";

/** What a command group gets from the program: the outside, and where to leave the exit code. */
export interface CommandContext {
  readonly io: Io;
  /** Called once by the action that ran, with one of EXIT. */
  readonly done: (exitCode: number) => void;
}

/** A group of commands: adds itself to the program. One file (or folder) of `commands/` each. */
export type RegisterGroup = (program: Command, context: CommandContext) => void;
