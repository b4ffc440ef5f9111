import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { ask } from "./ask.ts";

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

/** Asks, types, and gives the answer and what the terminal showed. */
async function typed(keys: string, kind: "text" | "secret" = "text"): Promise<{ answer: string | undefined; shown: string }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const asked = ask(input, output, "Token:", kind);
  input.write(keys);
  const answer = await asked;
  return { answer, shown: String(output.read()) };
}

describe("a question", () => {
  it("gives what was typed, without the blanks around it", async () => {
    expect(await typed(" yes \r")).toMatchObject({ answer: "yes", shown: expect.stringContaining("Token: ") as unknown });
  });

  it("does not show a secret", async () => {
    const { answer, shown } = await typed("s3cret\r", "secret");
    expect(answer).toBe("s3cret");
    expect(shown).toBe("Token: \n");
  });

  it("is without an answer after Ctrl-D", async () => {
    expect((await typed(CTRL_D)).answer).toBeUndefined();
  });

  it("ends the command after Ctrl-C, in one line", async () => {
    await expect(typed(`ye${CTRL_C}`)).rejects.toThrow("ended by Ctrl-C; what is done stays done");
  });
});
