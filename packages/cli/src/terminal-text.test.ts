import { expect, it } from "vitest";
import { terminalText } from "./terminal-text.ts";

it("a route that clears the screen or sets a title is shown, not obeyed", () => {
  expect(terminalText("GET /\u001b[2J\u001b[H\u001b]0;owned\u0007x")).toBe("GET /�[2J�[H�]0;owned�x");
});

it("our own colours and progress bars pass", () => {
  const own = "\u001b[1A\u001b[2K\u001b[32m✓\u001b[0m 40 %";
  expect(terminalText(own)).toBe(own);
});
