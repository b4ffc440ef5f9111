import { describe, expect, it } from "vitest";
import { migrationFailure } from "./wrangler.ts";

describe("why the migrations failed", () => {
  it("is a damaged file where SQLite says so, with the way out", () => {
    const lines = ["*** Uncaught exception ***", "SQLite failed; file is not a database: SQLITE_NOTADB"];
    const why = migrationFailure("evaluator", "exit code 1", lines, "/home/me/.monotask/state");
    expect(why).toContain("The databases in /home/me/.monotask/state are damaged");
    expect(why).toContain("--fresh");
    expect(why).not.toContain("Uncaught");
  });

  it("is what wrangler said of a wrong statement", () => {
    expect(migrationFailure("evaluator", "exit code 1", ['near "TABEL": syntax error'], "state")).toBe(
      'The migrations of evaluator failed (exit code 1). wrangler said:\nnear "TABEL": syntax error',
    );
  });
});
