import { expect, it } from "vitest";
import { colour } from "./colour.ts";
import { table } from "./table.ts";

const red = (text: string): string => colour({ isTty: true, env: {} }, "critical", text);

it("a coloured cell is as wide as its text, and ends its colour where it is cut", () => {
  const rows = [
    ["api", red("burning"), "9 %"],
    ["web", "ok", "99 %"],
  ];
  expect(table(["SLO", "STATE", "LEFT"], rows).split("\n")).toEqual([
    "SLO  STATE    LEFT",
    `api  ${red("burning")}  9 %`,
    "web  ok       99 %",
  ]);
  expect(table(["RESULT"], [[red("failed, differs at minute 9")]], 10)).toBe(`RESULT\n${red("failed, d…")}`);
});
