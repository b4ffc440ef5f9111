import { existsSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SqlError } from "../answer.ts";
import { startAnalyticsEngine, type AnalyticsEngineServer } from "../server.ts";
import { documentedFunctions } from "./documented.ts";
import { accepted } from "./test/accepted.ts";
import { refused } from "./test/refused.ts";

let server: AnalyticsEngineServer;

beforeAll(async () => {
  // A clock of its own: now() is 2026-01-31 12:00:00 UTC.
  server = await startAnalyticsEngine({ port: 0, clock: () => Date.UTC(2026, 0, 31, 12) });
  await server.write("m", [
    { indexes: ["a"], blobs: ["Alpha", "two"], doubles: [1, 10], timestamp: "2026-01-31T11:59:30Z" },
    { indexes: ["b"], blobs: ["Beta", "two"], doubles: [2, 20], timestamp: "2026-01-31T11:58:30Z" },
    { indexes: ["b"], blobs: ["Beta", "drei"], doubles: [6, 30], timestamp: "2026-01-30T11:58:30Z" },
  ]);
  await server.write("my-dataset", [{ blobs: ["x"] }]);
});
afterAll(() => server.close());

/** The text of the 422, or "answered". */
async function refusalOf(sql: string): Promise<string> {
  try {
    await server.query(sql);
    return "answered";
  } catch (error) {
    if (error instanceof SqlError && error.status === 422) return error.message;
    throw error;
  }
}

describe("The SQL gate takes what is documented", () => {
  test.each(accepted)("%s", async (sql) => {
    expect(await refusalOf(sql)).toBe("answered");
  });

  test("every documented function stands in one of these statements", () => {
    const all = accepted.join("\n").toLowerCase();
    const missing = documentedFunctions.filter(({ name }) => !all.includes(`${name.toLowerCase()}(`));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });
});

describe("The SQL gate refuses the rest, names it and says what to write instead", () => {
  test.each(refused)("%s", async (sql, names, instead) => {
    const text = await refusalOf(sql);
    expect(text).not.toBe("answered");
    expect(text).toContain(names);
    expect(text).toContain(instead);
    expect(text).not.toContain("\n");
  });
});

describe("What an accepted statement answers", () => {
  const valueOf = async (expression: string): Promise<unknown> => {
    const { data } = await server.query(`SELECT ${expression} AS value`);
    return data[0]?.["value"];
  };

  test("length and substring count characters, not bytes", async () => {
    expect(await valueOf("length('éa')")).toBe("2");
    expect(await valueOf("substring('éa', 2)")).toBe("a");
  });

  test("weeks begin on Monday, and starts of weeks, months and years are times", async () => {
    expect(await valueOf("toStartOfWeek(toDateTime('2025-10-29 10:00:00'))")).toBe("2025-10-27 00:00:00");
    expect(await valueOf("toStartOfMonth(toDateTime('2025-10-29 10:00:00'))")).toBe("2025-10-01 00:00:00");
    expect(await valueOf("toStartOfYear(toStartOfWeek(toDateTime('2025-10-29 10:00:00')))")).toBe("2025-01-01 00:00:00");
  });

  test("now() and today() are the server's clock", async () => {
    expect(await valueOf("now()")).toBe("2026-01-31 12:00:00");
    expect(await valueOf("today()")).toBe("2026-01-31");
    const { data } = await server.query("SELECT count() AS n FROM m WHERE timestamp > now() - INTERVAL '1' HOUR");
    expect(data).toEqual([{ n: "2" }]);
  });

  test("quantileWeighted answers what quantileExactWeighted answers", async () => {
    const { data } = await server.query(
      "SELECT quantileWeighted(0.5, double1, toUInt32(double2)) AS old, quantileExactWeighted(0.5)(double1, toUInt32(double2)) AS new FROM m",
    );
    expect(data).toEqual([{ old: 2, new: 2 }]);
  });

  test("a column without an alias keeps the name it was written with", async () => {
    const { meta } = await server.query(
      "SELECT length(blob1), count(), quantileWeighted(0.5, double1, _sample_interval) FROM m GROUP BY blob1",
    );
    expect(meta.map(({ name }) => name)).toEqual([
      "length(blob1)",
      "count()",
      "quantileWeighted(0.5, double1, _sample_interval)",
    ]);
  });

  test("SELECT * gives the documented columns in order", async () => {
    const { meta } = await server.query("SELECT * FROM m LIMIT 1");
    expect(meta.slice(0, 5)).toEqual([
      { name: "dataset", type: "String" },
      { name: "timestamp", type: "DateTime" },
      { name: "_sample_interval", type: "UInt32" },
      { name: "index1", type: "String" },
      { name: "blob1", type: "String" },
    ]);
    expect(meta.slice(23)).toEqual([
      { name: "blob20", type: "String" },
      ...Array.from({ length: 20 }, (_, i) => ({ name: `double${i + 1}`, type: "Float64" })),
    ]);
  });
});

describe("Nothing a caller sends changes the data or reads beyond it", () => {
  const outfile = "/tmp/analytics-engine-local-must-not-exist";
  const rarely = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
    fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: rare });
  const maybe = (clause: fc.Arbitrary<string>): fc.Arbitrary<string> => rarely(fc.constant(""), clause);
  const atom = rarely(
    fc.constantFrom("blob1", "double1", "1", "'a'", "timestamp", "count()", "sum(double1)"),
    fc.constantFrom(
      "file('/etc/passwd')",
      "(SELECT 1)",
      "[1]",
      "x",
      "hostName()",
      "_table",
      "system.one.dummy",
      "1::Int8",
      "sleep(3)",
      "'b;'",
      "@@x",
    ),
  );
  const expression = fc.oneof(
    { weight: 3, arbitrary: atom },
    {
      weight: 1,
      arbitrary: fc.tuple(atom, fc.constantFrom("+", "=", "AND", "LIKE", "?", "||"), atom).map((parts) => parts.join(" ")),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom("length", "countIf", "file", "dictGet"), atom).map(([name, arg]) => `${name}(${arg})`),
    },
  );
  const column = fc.tuple(expression, fc.constantFrom("", " AS x", " AS FINAL", " AS `a b`")).map((parts) => parts.join(""));
  const table = rarely(
    fc.constantFrom("m", "`my-dataset`", "(SELECT * FROM m)"),
    fc.constantFrom("m FINAL", "system.tables", "numbers(3)", "file('/etc/passwd')", "m, m", "view(SELECT 1)", "datasets_1.m"),
  );
  const harm = fc.constantFrom(
    "; DROP TABLE m", "; TRUNCATE TABLE m", `INTO OUTFILE '${outfile}'`, `INTO OUTFILE '${outfile}' FORMAT JSON`, "SETTINGS readonly = 0",
    "UNION ALL SELECT * FROM system.one", "FORMAT Null", "/*", "'", "`", "\\", "\0", ";;", "-- x\n; DROP TABLE m",
  ); // prettier-ignore
  const select = fc
    .tuple(
      rarely(
        fc.constant("SELECT"),
        fc.constantFrom("SELECT DISTINCT", "EXPLAIN SELECT", "WITH 1 AS x SELECT", "INSERT INTO m SELECT"),
      ),
      fc.array(column, { minLength: 1, maxLength: 2 }).map((columns) => columns.join(", ")),
      table.map((name) => `FROM ${name}`),
      maybe(expression.map((condition) => `WHERE ${condition}`)),
      maybe(expression.map((key) => `GROUP BY ${key}`)),
      maybe(expression.map((key) => `ORDER BY ${key}`)),
      maybe(fc.constantFrom("LIMIT 1", "LIMIT ALL", "LIMIT 1 BY blob1")),
      maybe(harm),
    )
    .map((clauses) => clauses.filter((clause) => clause !== "").join(" "));
  const spliced = fc
    .tuple(fc.constantFrom(...accepted, ...refused.map(([sql]) => sql)), fc.nat(), harm)
    .map(([sql, at, part]) => `${sql.slice(0, at % (sql.length + 1))} ${part} ${sql.slice(at % (sql.length + 1))}`);

  const state = async (): Promise<unknown> => [
    (await server.query("SHOW TABLES")).data,
    (await server.query("SELECT count() AS n, sum(double1) AS s, sum(length(blob1)) AS l FROM m")).data,
  ];

  test("no statement made of dangerous pieces changes tables or rows, reads a file or writes one", async () => {
    const before = await state();
    const outcomes = { answered: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(rarely(select, spliced), async (sql) => {
        const answer = await server.query(sql).then(JSON.stringify, (error: unknown) => {
          if (error instanceof SqlError && error.status === 422) return undefined;
          throw error;
        });
        outcomes[answer === undefined ? "refused" : "answered"] += 1;
        expect(answer ?? "").not.toContain("root:x:0");
      }),
      { numRuns: 300, seed: 20260131 },
    );
    expect(await state()).toEqual(before);
    expect(existsSync(outfile)).toBe(false);
    // Both sides of the gate were tried.
    expect(outcomes.answered).toBeGreaterThan(20);
    expect(outcomes.refused).toBeGreaterThan(20);
  });
});
