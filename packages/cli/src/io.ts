/** What a command may touch of the outside, so that tests can stand in for it. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => Promise<string>;
  readonly fetch: typeof fetch;
}

/** Documented in `monotask --help`. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** An error that a person can mend: shown as one line, without a stack. */
export class UserError extends Error {
  override readonly name = "UserError";
}
