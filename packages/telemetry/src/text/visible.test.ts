import { describe, expect, it } from "vitest";
import { visibleText } from "../index.ts";

describe("a text to show", () => {
  it.each([
    ["\u001b[2J\u001b]0;owned\u0007gone", "�[2J�]0;owned�gone"],
    ["invoice\u202Egnp.exe", "invoice�gnp.exe"],
    ["done\rfailed", "done�failed"],
    ["two\nlines\tand a tab", "two\nlines\tand a tab"],
    ["שלום, naïve 🚀", "שלום, naïve 🚀"],
  ])("of %j is %j: what acts is seen, the rest is as it was", (text, shown) => expect(visibleText(text)).toBe(shown));
});
