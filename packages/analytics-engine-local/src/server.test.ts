import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SqlError } from "./answer.ts";
import { StartError } from "./data-folder.ts";
import { startAnalyticsEngine, type AnalyticsEngineServer } from "./server.ts";

let nowMs = Date.UTC(2026, 0, 31, 12);
let server: AnalyticsEngineServer;

beforeAll(async () => {
  server = await startAnalyticsEngine({ port: 0, token: "secret", accountId: "acc", clock: () => nowMs });
});
afterAll(() => server.close());

const bearer = { authorization: "Bearer secret" };
const sql = async (statement: string, init: RequestInit = {}, url = server.sqlUrl) => {
  const response = await fetch(url, { method: "POST", headers: bearer, body: statement, ...init });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
};
const post = async (dataset: string, body: string, headers: Record<string, string> = bearer) => {
  const response = await fetch(server.pointsUrl(dataset), { method: "POST", headers, body });
  return { status: response.status, text: await response.text() };
};

describe("Access", () => {
  test("without a token is 401, in text that says how to send one", async () => {
    expect(await sql("SELECT 1", { headers: {} })).toMatchObject({
      status: 401,
      text: expect.stringContaining("Authorization: Bearer") as string,
    });
  });

  test("with a wrong token is 401", async () => {
    expect(await sql("SELECT 1", { headers: { authorization: "Bearer other1" } })).toMatchObject({ status: 401 });
    expect(await post("m", "{}", { authorization: "Bearer nope" })).toMatchObject({ status: 401 });
    expect(await post("m", "{}", {})).toMatchObject({ status: 401 });
  });

  test("to another account is 403", async () => {
    expect(await sql("SELECT 1", {}, server.sqlUrl.replace("/acc/", "/other/"))).toMatchObject({
      status: 403,
      text: expect.stringContaining("other") as string,
    });
  });

  test("to any account is granted where none was asked for", async () => {
    const open = await startAnalyticsEngine({ port: 0, token: "secret" });
    expect(await sql("SELECT 1 AS one", {}, open.sqlUrl.replace("/local/", "/whatever/"))).toMatchObject({ status: 200 });
    await open.close();
  });

  test("anywhere else is 404, and with another method 405", async () => {
    expect((await fetch(`${server.url}/nothing`, { headers: bearer })).status).toBe(404);
    expect((await fetch(server.sqlUrl, { method: "DELETE", headers: bearer })).status).toBe(405);
    expect((await fetch(server.pointsUrl("m"), { headers: bearer })).status).toBe(405);
  });
});

describe("The SQL API", () => {
  beforeAll(async () => {
    await server.write("api", [
      { indexes: ["a"], blobs: ["tab\there"], doubles: [1.5], timestamp: "2026-01-31T11:00:00Z" },
      { indexes: ["b"], doubles: [2], timestamp: "2026-01-31T11:00:01Z" },
    ]);
  });

  test("answers JSON with meta, data, rows and rows_before_limit_at_least; 64-bit integers are strings", async () => {
    const { status, type, text } = await sql(
      "SELECT index1 AS i, timestamp AS t, double1 AS d, count() AS n FROM api GROUP BY i, t, d ORDER BY i",
    );
    expect({ status, type }).toEqual({ status: 200, type: "application/json" });
    expect(JSON.parse(text)).toEqual({
      meta: [
        { name: "i", type: "String" },
        { name: "t", type: "DateTime" },
        { name: "d", type: "Float64" },
        { name: "n", type: "UInt64" },
      ],
      data: [
        { i: "a", t: "2026-01-31 11:00:00", d: 1.5, n: "1" },
        { i: "b", t: "2026-01-31 11:00:01", d: 2, n: "1" },
      ],
      rows: 2,
      rows_before_limit_at_least: 2,
    });
  });

  test("tells the rows before LIMIT", async () => {
    expect(JSON.parse((await sql("SELECT index1 AS i FROM api ORDER BY i LIMIT 1")).text)).toMatchObject({
      rows: 1,
      rows_before_limit_at_least: 2,
    });
  });

  test("answers an empty result with its columns", async () => {
    expect(JSON.parse((await sql("SELECT index1 FROM api WHERE double1 > 9")).text)).toEqual({
      meta: [{ name: "index1", type: "String" }],
      data: [],
      rows: 0,
      rows_before_limit_at_least: 0,
    });
  });

  test("answers JSONEachRow and TabSeparated", async () => {
    expect(await sql("SELECT index1 AS i, double1 AS d FROM api ORDER BY i FORMAT JSONEachRow")).toEqual({
      status: 200,
      type: "application/x-ndjson",
      text: '{"i":"a","d":1.5}\n{"i":"b","d":2}\n',
    });
    expect(await sql("SELECT blob1 AS b, double1 AS d FROM api ORDER BY d FORMAT TabSeparated")).toMatchObject({
      status: 200,
      text: "tab\\there\t1.5\n\t2\n",
    });
  });

  test("takes the statement from GET ?query= too", async () => {
    const response = await fetch(`${server.sqlUrl}?query=${encodeURIComponent("SELECT count() AS n FROM api")}`, {
      headers: bearer,
    });
    expect(await response.json()).toMatchObject({ data: [{ n: "2" }] });
  });

  test("answers 422 in text for what it refuses and for a dataset without points", async () => {
    expect(await sql("SELECT uniq(index1) FROM api")).toMatchObject({ status: 422, type: "text/plain; charset=utf-8" });
    expect(await sql("SELECT 1 FROM empty_one")).toMatchObject({
      status: 422,
      text: expect.stringContaining("unknown table") as string,
    });
    expect(await sql("")).toMatchObject({ status: 422 });
    expect(await sql(`SELECT '${"x".repeat(300_000)}'`)).toMatchObject({
      status: 422,
      text: expect.stringContaining("262144") as string,
    });
  });

  test("query() answers the same in process, and throws what HTTP would answer", async () => {
    expect((await server.query("SELECT count() AS n FROM api")).data).toEqual([{ n: "2" }]);
    await expect(server.query("SELECT 1 FROM empty_one")).rejects.toMatchObject({ name: "SqlError", status: 422 });
    await expect(server.query("SELECT 1 FORMAT TabSeparated")).rejects.toBeInstanceOf(SqlError);
  });

  test("SHOW TABLES lists the datasets", async () => {
    expect((await server.query("SHOW TABLES")).data).toContainEqual({ dataset: "api" });
  });
});

describe("Writing points over HTTP", () => {
  test("answers when the points can be read", async () => {
    expect(await post("http-points", '{"indexes":["a"],"blobs":["x"],"doubles":[1]}\n{"doubles":[2]}\n')).toEqual({
      status: 200,
      text: '{"accepted":2,"sampledOut":0}',
    });
    const { data } = await server.query(
      "SELECT index1, blob1, blob2, double1, double2, _sample_interval, dataset FROM `http-points` WHERE double1 = 1",
    );
    expect(data).toEqual([
      { index1: "a", blob1: "x", blob2: "", double1: 1, double2: 0, _sample_interval: 1, dataset: "http-points" },
    ]);
  });

  test("stamps points without a timestamp with the server's clock", async () => {
    nowMs = Date.UTC(2026, 1, 1, 8, 30, 15, 500);
    await post("stamped", "{}");
    expect((await server.query("SELECT timestamp FROM stamped")).data).toEqual([{ timestamp: "2026-02-01 08:30:15" }]);
  });

  test("keeps any text and number as it is", async () => {
    const blobs = ["tab\t newline\n return\r backslash\\ quote' \" zero\0 end", "é✓🙂", "\\N", "null"];
    const doubles = [1e-300, 1.7976931348623157e308, -0.1, 2 ** 53];
    await post("exact", JSON.stringify({ blobs, doubles }));
    const [row = {}] = (await server.query("SELECT * FROM exact")).data;
    expect(blobs.map((_, i) => row[`blob${i + 1}`])).toEqual(blobs);
    expect(doubles.map((_, i) => row[`double${i + 1}`])).toEqual(doubles);
  });

  test("writes nothing of a body with a bad line, and says which line and why", async () => {
    expect(await post("halves", '{"doubles":[1]}\n{"doubles":["x"]}\n')).toMatchObject({
      status: 422,
      text: expect.stringMatching(/^line 2: doubles\[0\]/) as string,
    });
    expect(await sql("SELECT 1 FROM halves")).toMatchObject({
      status: 422,
      text: expect.stringContaining("unknown table") as string,
    });
  });

  test("refuses a name that cannot be a dataset", async () => {
    expect(await post("a b`; DROP", "{}")).toMatchObject({
      status: 422,
      text: expect.stringContaining("cannot be a dataset") as string,
    });
  });

  test("loses no point of many requests at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => post("many", `{"doubles":[${i}]}\n{"doubles":[${i}]}`)),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect((await server.query("SELECT count() AS n, sum(double1) AS s FROM many")).data).toEqual([{ n: "400", s: 39_800 }]);
  });

  test("GET /health tells points and datasets without a token", async () => {
    const response = await fetch(`${server.url}/health`);
    expect(await response.json()).toMatchObject({
      ok: true,
      points: expect.any(Number) as number,
      datasets: expect.arrayContaining(["many"]) as string[],
    });
  });
});

describe("A dataset in this process", () => {
  test("records at once, and can be read after flush()", async () => {
    const dataset = server.dataset("in_process");
    dataset.writeDataPoint({ indexes: ["a"], doubles: [1] });
    dataset.writeDataPoint({ indexes: ["a"], doubles: [2] });
    await server.flush();
    expect((await server.query("SELECT sum(double1) AS s FROM in_process")).data).toEqual([{ s: 3 }]);
  });

  test("throws where production throws", () => {
    expect(() => server.dataset("in_process").writeDataPoint({ indexes: ["a", "b"] })).toThrow(TypeError);
  });

  test("write() names the first bad point and writes nothing", async () => {
    await expect(server.write("bad", [{}, { indexes: ["x".repeat(97)] }])).rejects.toThrow(/^point 2: .*97 bytes/);
    await expect(server.query("SELECT 1 FROM bad")).rejects.toThrow("unknown table");
  });
});

describe("Sampling", () => {
  test("answers how many points were sampled out, and the rest weigh for them", async () => {
    const sampled = await startAnalyticsEngine({ port: 0, sampleAbove: 100, seed: 5, clock: () => nowMs });
    const loud = Array.from({ length: 5_000 }, (_, i) => ({ indexes: ["loud"], doubles: [i % 10 === 0 ? 1 : 0] }));
    const { accepted, sampledOut } = await sampled.write("s", [
      ...loud,
      ...Array.from({ length: 50 }, () => ({ indexes: ["quiet"] })),
    ]);
    expect(accepted + sampledOut).toBe(5_050);
    expect(accepted).toBeLessThan(700);
    const { data } = await sampled.query(
      "SELECT index1 AS i, sum(_sample_interval) AS n, count() AS stored, sum(_sample_interval * (_sample_interval - 1)) AS spread FROM s GROUP BY i ORDER BY i",
    );
    const [first, second] = data;
    expect(Math.abs(Number(first?.["n"]) - 5_000)).toBeLessThan(3 * Math.sqrt(Number(first?.["spread"])));
    expect(second).toEqual({ i: "quiet", n: "50", stored: "50", spread: "0" });
    await sampled.close();
  });
});

describe("Starting", () => {
  test("on a port in use says which port and how to choose another", async () => {
    await expect(startAnalyticsEngine({ port: server.port })).rejects.toThrow(
      new RegExp(`port ${server.port} is in use.*--port`),
    );
  });

  test("beside another engine of this process gives each its own data", async () => {
    const other = await startAnalyticsEngine({ port: 0 });
    await other.write("api", [{}]);
    expect((await other.query("SELECT count() AS n FROM api")).data).toEqual([{ n: "1" }]);
    expect((await other.query("SHOW TABLES")).data).toEqual([{ dataset: "api" }]);
    await other.close();
    expect((await server.query("SELECT count() AS n FROM api")).data).toEqual([{ n: "2" }]);
  });

  test("a folder beside an in-memory engine says that a process serves one", async () => {
    const folder = { kind: "folder", path: `${process.env["TMPDIR"] ?? "/tmp"}/analytics-engine-local-test-unused` } as const;
    const { rmSync } = await import("node:fs");
    await expect(startAnalyticsEngine({ port: 0, data: folder })).rejects.toThrow(StartError);
    rmSync(folder.path, { recursive: true, force: true });
  });

  test.each([
    [{ port: -1 }, "port"],
    [{ sampleAbove: 0 }, "sampleAbove"],
    [{ seed: 0.5 }, "seed"],
    [{ token: "" }, "token"],
    [{ data: { kind: "folder", path: "" } as const }, "folder"],
  ])("with %j is refused", async (options, names) => {
    await expect(startAnalyticsEngine(options)).rejects.toThrow(names);
  });
});
