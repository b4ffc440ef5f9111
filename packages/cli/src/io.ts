/** What a command may touch of the outside, so that tests can stand in for it. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. */
  readonly cwd: string;
  /** True where a person watches: colour, progress bars and questions are for them only. */
  readonly isTty: boolean;
  /** Width of the terminal; 80 where it is unknown. */
  readonly columns: number;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  /** Waits; false where the person ended the command meanwhile. */
  readonly sleep: (ms: number) => Promise<boolean>;
  /** Rejects where there is no file, or where it is not UTF-8: what was read can be written back byte for byte. */
  readonly readFile: (path: string) => Promise<string>;
  readonly writeFile: (path: string, text: string) => Promise<void>;
  /** Also removes the folder that is empty then. A file that is not there is no error. */
  readonly removeFile: (path: string) => Promise<void>;
  /** Paths of the files in a folder and its folders, sorted; undefined where the path is no folder. */
  readonly filesIn: (path: string) => Promise<readonly string[] | undefined>;
  /**
   * Pieces of a file that may be larger than memory, cut anywhere; unzipped where the name ends with .gz. `onBytes` hears how much of it is
   * read, 0..1.
   */
  readonly readBytes: (path: string, onBytes?: (share: number) => void) => AsyncIterable<Uint8Array>;
  /** Asks a person one question; undefined where nobody can answer. */
  readonly ask: (question: string, kind: "text" | "secret") => Promise<string | undefined>;
  readonly fetch: typeof fetch;
  /** Runs a program with the terminal as its own, without a shell; its exit code, 127 where there is none of that name, INTERRUPTED where a person ended it. */
  readonly runProgram: (program: string, words: readonly string[]) => Promise<number>;
  /** Runs a program that nobody watches: what it printed is for whoever has to tell that it failed. */
  readonly runQuietly: (program: string, words: readonly string[]) => Promise<{ readonly code: number; readonly said: string }>;
}

/** Documented in `monotask --help`. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** What `runProgram` and `runQuietly` give where Ctrl-C or a signal to end came meanwhile, whatever the program made of it. */
export const INTERRUPTED = 130;

/** An error that a person can mend: shown as one line, without a stack. */
export class UserError extends Error {
  override readonly name: string = "UserError";
}

/** The words of the call are off: nothing was tried. Ends with EXIT.usage. */
export class UsageError extends UserError {
  override readonly name = "UsageError";
}
