import { describe, expect, it } from "vitest";
import { changeOf, neededBump } from "./surface.ts";

const BEFORE = new Map([
  [". a", "function a(): void"],
  [". b", "function b(): void"],
]);

describe("what a package exports", () => {
  it("breaks a build where an export is gone or reads differently", () => {
    const change = changeOf(BEFORE, new Map([[". a", "function a(n: number): void"]]));
    expect(change).toEqual({ gone: [". b"], changed: [". a"], added: [] });
    expect([neededBump(change, "1.2.0"), neededBump(change, "0.3.0")]).toEqual(["major", "minor"]);
  });

  it("asks for less where it only grew", () => {
    const change = changeOf(BEFORE, new Map([...BEFORE, [". c", "const c: 1"]]));
    expect(change.added).toEqual([". c"]);
    expect([neededBump(change, "1.2.0"), neededBump(change, "0.3.0")]).toEqual(["minor", "patch"]);
  });

  it("asks for nothing where it is as it was", () => {
    expect(neededBump(changeOf(BEFORE, BEFORE), "1.2.0")).toBe("none");
  });
});
