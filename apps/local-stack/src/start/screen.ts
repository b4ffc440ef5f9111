import type { WriteStream } from "node:tty";

/** Where the view is drawn. */
export interface Screen {
  readonly isLive: boolean;
  readonly hasColour: boolean;
  /** Replaces what was drawn before. */
  draw(lines: readonly string[]): void;
  /** Writes a line that stays. */
  print(line: string): void;
}

/** A terminal is redrawn in place; a pipe or file gets lines one after the other. */
export function screenOn(stream: WriteStream, env: NodeJS.ProcessEnv): Screen {
  const isLive = stream.isTTY;
  let drawn = 0;
  const erase = (): void => {
    if (drawn > 0) stream.write(`\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  return {
    isLive,
    hasColour: isLive && (env["NO_COLOR"] ?? "") === "",
    draw(lines) {
      erase();
      // A line that wraps would make the next erase miss, so none is longer than the terminal is wide.
      stream.write(`${lines.map((line) => fitted(line, stream.columns)).join("\n")}\n`);
      drawn = lines.length;
    },
    print(line) {
      erase();
      stream.write(`${line}\n`);
    },
  };
}

// eslint-disable-next-line no-control-regex -- colour codes begin with the escape character
const COLOUR = /\u001b\[\d+m/g;

function fitted(line: string, columns: number): string {
  const plain = line.replace(COLOUR, "");
  return plain.length <= columns ? line : plain.slice(0, Math.max(0, columns - 1));
}
