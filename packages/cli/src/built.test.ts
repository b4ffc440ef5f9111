import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("the built command starts and names its groups", () => {
  const out = execFileSync(process.execPath, [fileURLToPath(new URL("../dist/bin.js", import.meta.url)), "--help"], {
    encoding: "utf8",
  });
  for (const group of ["init", "doctor", "deploy", "query", "tail", "runbook", "d1", "drill", "logpush"])
    expect(out).toContain(`  ${group}`);
});
