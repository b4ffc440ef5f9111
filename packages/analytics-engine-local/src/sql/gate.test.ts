import { existsSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SqlError } from "../answer.ts";
import { startAnalyticsEngine, type AnalyticsEngineServer } from "../server.ts";
import { documentedFunctions } from "./dialect.ts";

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

const accepted: readonly string[] = [
  "SELECT 'Hello Workers Analytics Engine' AS message",
  "SELECT * FROM m",
  "select blob1, double1 from m where double1 > 1",
  "SELECT blob1, double2 FROM m;",
  "SELECT blob1 AS name, double1*1.8+32 AS f -- a comment\nFROM m /* another */ LIMIT 2",
  "SELECT if(double1 <= 1, 'LOW', 'HIGH') AS level FROM m",
  "SELECT blob1 AS name, avg(double1) AS mean FROM m GROUP BY name",
  "SELECT name, n FROM (SELECT blob1 AS name, count() AS n FROM m GROUP BY name)",
  "SELECT * FROM (SELECT blob1 AS name FROM m) ORDER BY name",
  "SELECT max(n) AS most FROM (SELECT count() AS n FROM (SELECT blob1 AS b FROM m) GROUP BY b)",
  "SELECT blob1 FROM m WHERE if(blob2 = 'two', (double1-32)/1.8, double1) <= 0",
  "SELECT blob1 AS name, avg(double1) AS mean FROM m GROUP BY name HAVING mean > 1",
  "SELECT blob1 AS name, count() AS n FROM m GROUP BY name HAVING n > 0 AND avg(double1) < 50",
  "SELECT double2, double1 FROM m ORDER BY double2, double1 DESC",
  "SELECT blob1 FROM m LIMIT 10",
  "SELECT blob1 FROM m LIMIT ALL",
  "SELECT blob1 FROM m LIMIT 1 OFFSET 1",
  "SELECT blob1 FROM m LIMIT ALL OFFSET 1",
  "SELECT blob1 FROM m OFFSET 1",
  "SELECT blob1 FROM m FORMAT JSON",
  "SELECT timestamp FROM m WHERE timestamp > NOW() - INTERVAL '1' DAY",
  "SELECT index1 AS i, SUM(_sample_interval) AS n FROM m WHERE timestamp > NOW() - INTERVAL '7' DAY GROUP BY index1",
  "SELECT SUM(_sample_interval * double1) / SUM(_sample_interval) AS mean FROM m",
  "SELECT sumIf(_sample_interval, double1 > 1) / sum(_sample_interval) AS share FROM m",
  "SELECT count(DISTINCT blob1) AS kinds, sum(DISTINCT double1) AS s, avg(DISTINCT double1) AS a FROM m",
  "SELECT min(double1), max(double1), count() FROM m",
  "SELECT quantileExactWeighted(0.95)(double1, _sample_interval) AS p95 FROM m",
  "SELECT QUANTILEEXACTWEIGHTED(0.5)(double1, _sample_interval) AS p50 FROM m",
  "SELECT quantileWeighted(0.95, double1, _sample_interval) AS p95 FROM m",
  "SELECT quantileExactWeighted(0.95)(double1, toUInt32(_sample_interval * double2)) AS p95 FROM m",
  "SELECT argMax(blob1, double1), argMin(blob1, double1), first_value(blob1), last_value(blob1) FROM m",
  "SELECT topK(blob1), topK(3)(blob1), topKWeighted(3)(blob1, _sample_interval), topKWeighted(blob1, _sample_interval) FROM m",
  "SELECT countIf(double1 > 1), sumIf(double1, double2 > 10), avgIf(double1, double2 > 10) FROM m",
  "SELECT formatDateTime(now(), '%Y-%m-%d'), formatDateTime(timestamp, '%H', 'America/New_York') FROM m",
  "SELECT toDateTime(355924804), toDateTime('355924804'), toDateTime('1981-04-12 12:00:04'), toDateTime('2022-12-01 16:17:00', 'America/New_York')",
  "SELECT toYear(timestamp), toMonth(timestamp), toDayOfWeek(timestamp), toDayOfMonth(timestamp) FROM m",
  "SELECT toHour(timestamp), toMinute(timestamp), toSecond(timestamp), toUnixTimestamp(timestamp), toYYYYMM(timestamp) FROM m",
  "SELECT toStartOfInterval(timestamp, INTERVAL '5' MINUTE) AS t, count() AS n FROM m GROUP BY t ORDER BY t ASC",
  "SELECT toStartOfInterval(timestamp, INTERVAL '1' DAY, 'America/New_York') AS t FROM m GROUP BY t",
  "SELECT toStartOfYear(timestamp), toStartOfMonth(timestamp), toStartOfWeek(timestamp), toStartOfDay(timestamp) FROM m",
  "SELECT toStartOfHour(timestamp), toStartOfFifteenMinutes(timestamp), toStartOfTenMinutes(timestamp), toStartOfFiveMinutes(timestamp), toStartOfMinute(timestamp) FROM m",
  "SELECT intDiv(toUInt32(timestamp), 300) * 300 AS t, count() AS n FROM m GROUP BY t ORDER BY t",
  "SELECT extract(YEAR FROM timestamp), EXTRACT(MONTH FROM timestamp), extract(DAY from timestamp), extract(HOUR FROM timestamp) FROM m",
  "SELECT extract(MINUTE FROM timestamp), extract(SECOND from toDateTime('2022-06-06 11:30:15')) FROM m",
  "SELECT today()",
  "SELECT length(blob1), empty(blob1), lower(blob1), lowerUTF8(blob1), toLower(blob1), upper(blob1), upperUTF8(blob1), toUpper(blob1) FROM m",
  "SELECT startsWith(blob1, 'Al'), endsWith(blob1, 'a'), position('a' IN blob1) FROM m",
  "SELECT substring('hello: world', 1, position(':' IN 'hello: world')-1) AS s",
  "SELECT format('blob1: {}', blob1) AS s FROM m",
  "SELECT toUInt8(double1), toUInt32('12') FROM m",
  "SELECT log(double1), ln(double1), pow(double1, 2), round(5.5), round(3.14, 1), floor(3.14, 1), ceil(3.14, 1) FROM m",
  "SELECT bin(1), bin('abc'), hex(1), hex('abc')",
  "SELECT bitAnd(1, 3), bitOr(1, 2), bitXor(1, 2), bitNot(1), bitCount(3), bitTest(3, 1), bitHammingDistance(3, 0)",
  "SELECT bitShiftLeft(1, 1), bitShiftRight(3, 1), bitRotateLeft(1, 1), bitRotateRight(1, 1)",
  "SELECT blob1 FROM m WHERE blob1 IN ('Alpha', 'Beta') AND blob2 NOT IN ('x')",
  "SELECT blob1 FROM m WHERE double1 IN (1, 2) OR double1 IN (6)",
  "SELECT blob1 FROM m WHERE double1 IN (1 + 1, 6)",
  "SELECT blob1 FROM m WHERE double1 BETWEEN 1 AND 2 AND double2 NOT BETWEEN 30 AND 40",
  "SELECT blob1 FROM m WHERE blob1 LIKE 'Al%' OR blob1 NOT LIKE '%x' OR blob1 ILIKE 'al%' OR blob1 NOT ILIKE 'x_'",
  "SELECT blob1 FROM m WHERE NOT (double1 = 1) AND double1 <> 2 AND double1 != 3 AND double1 >= 0 AND double1 <= 9 AND double1 < 9",
  "SELECT -double1, - 42, -4.2, double1 % 2, double1 / 2 FROM m",
  "SELECT true, false",
  "SELECT blob1 FROM m WHERE blob1 = 'it''s' OR blob1 = 'it\\'s; DROP TABLE m' OR blob1 = 'DISTINCT FINAL ? :: JOIN'",
  'SELECT blob1 AS `a name`, double1 AS "p95 ms" FROM m ORDER BY `a name`',
  'SELECT blob1 AS final, double1 AS sample, double2 AS "case" FROM m ORDER BY final, sample',
  "SELECT blob1 AS DISTINCT FROM m",
  "SELECT blob1 FROM `my-dataset`",
  'SELECT blob1 FROM "my-dataset"',
  "SELECT count() FROM m GROUP BY blob1, intDiv(toUInt32(timestamp), 60)",
  "SELECT timestamp + INTERVAL '1' YEAR - INTERVAL '2' MONTH + INTERVAL '3' HOUR - INTERVAL '4' SECOND AS t FROM m ORDER BY t",
  "SELECT double1 FROM m ORDER BY double1 ASC LIMIT 2",
  "SELECT blob1, count() FROM m GROUP BY blob1 ORDER BY count() DESC",
  "SHOW TABLES",
  "show tables format JSON;",
  "SHOW TIMEZONE",
  "SHOW TIMEZONES",
];

/** Statement → what the answer must name, and a piece of what to write instead. */
const refused: readonly (readonly [sql: string, names: string, instead: string])[] = [
  ["SELECT a.blob1 FROM m AS a JOIN m AS b ON a.blob1 = b.blob1", "JOIN", "one dataset"],
  ["SELECT 1 FROM m INNER JOIN m USING (blob1)", "JOIN", "one dataset"],
  ["SELECT 1 FROM m LEFT JOIN m USING blob1", "LEFT JOIN", "one dataset"],
  ["SELECT blob1 FROM m CROSS JOIN `my-dataset`", "CROSS JOIN", "one dataset"],
  ["SELECT blob1 FROM m, `my-dataset`", "JOIN", "one dataset"],
  ["SELECT 1 FROM m ARRAY JOIN [1, 2] AS x", "array", "one column per item"],
  ["SELECT 1 FROM m ARRAY JOIN topK(blob1)", "ARRAY", "one point per item"],
  ["SELECT 1 UNION ALL SELECT 2", "UNION", "one query per part"],
  ["SELECT 1 UNION DISTINCT SELECT 2", "UNION", "one query per part"],
  ["SELECT * FROM (SELECT 1 UNION ALL SELECT 2)", "UNION", "one query per part"],
  ["SELECT 1 INTERSECT SELECT 2", "INTERSECT", "own code"],
  ["SELECT 1 EXCEPT SELECT 2", "EXCEPT", "NOT IN"],
  ["WITH x AS (SELECT 1) SELECT * FROM x", "WITH", "FROM (SELECT"],
  ["WITH 1 AS x SELECT x", "WITH", "FROM (SELECT"],
  ["SELECT * FROM (WITH 1 AS x SELECT x)", "WITH", "FROM (SELECT"],
  ["SELECT sum(double1) OVER (PARTITION BY blob1) FROM m", "OVER", "GROUP BY"],
  ["SELECT sum(double1) OVER w FROM m WINDOW w AS (ORDER BY timestamp)", "OVER", "GROUP BY"],
  ["SELECT blob1 FROM m QUALIFY 1", "QUALIFY", "own code"],
  ["SELECT CASE WHEN double1 > 1 THEN 'a' ELSE 'b' END FROM m", "CASE", "if("],
  ["SELECT CASE blob1 WHEN 'a' THEN 1 END FROM m", "CASE", "if("],
  ["SELECT multiIf(double1 > 1, 'a', 'b') FROM m", "multiIf()", "if("],
  ["SELECT double1 > 1 ? 'a' : 'b' FROM m", "? b : c", "if(a, b, c)"],
  ["SELECT CAST(double1 AS UInt8) FROM m", "CAST", "toUInt8"],
  ["SELECT cast(double1, 'UInt8') FROM m", "CAST", "toUInt8"],
  ["SELECT double1::UInt8 FROM m", "::", "toUInt8"],
  ["SELECT DATE '2026-01-01'", "DATE", "toDateTime"],
  ["SELECT TIMESTAMP '2026-01-01 00:00:00'", "TIMESTAMP", "toDateTime"],
  ["SELECT toString(double1) FROM m", "toString()", "format("],
  ["SELECT toInt64(double1) FROM m", "toInt64()", "toUInt32"],
  ["SELECT toFloat64(blob1) FROM m", "toFloat64()", "double"],
  ["SELECT toDate(timestamp) FROM m", "toDate()", "toStartOfDay"],
  ["SELECT uniq(blob1) FROM m", "uniq()", "count(DISTINCT x)"],
  ["SELECT UNIQ(blob1) FROM m", "UNIQ()", "count(DISTINCT x)"],
  ["SELECT uniqExact(blob1) FROM m", "uniqExact()", "count(DISTINCT x)"],
  ["SELECT countDistinct(blob1) FROM m", "countDistinct()", "count(DISTINCT x)"],
  ["SELECT count(DISTINCT blob1, blob2) FROM m", "2 arguments", "one column"],
  ["SELECT quantile(0.95)(double1) FROM m", "quantile()", "quantileExactWeighted"],
  ["SELECT quantiles(0.5, 0.95)(double1) FROM m", "quantiles()", "quantileExactWeighted"],
  ["SELECT median(double1) FROM m", "median()", "quantileExactWeighted"],
  ["SELECT any(blob1) FROM m", "any()", "argMax"],
  ["SELECT groupArray(blob1) FROM m", "groupArray()", "topK"],
  ["SELECT stddevPop(double1) FROM m", "stddevPop()", "avg(x * x)"],
  ["SELECT coalesce(blob1, 'x') FROM m", "coalesce()", "if("],
  ["SELECT concat(blob1, blob2) FROM m", "concat()", "format("],
  ["SELECT blob1 || blob2 FROM m", "||", "format("],
  ["SELECT abs(double1) FROM m", "abs()", "if("],
  ["SELECT greatest(double1, 1) FROM m", "greatest()", "if("],
  ["SELECT splitByChar(',', blob1) FROM m", "splitByChar()", "blobs of their own"],
  ["SELECT JSONExtractString(blob1, 'a') FROM m", "JSONExtractString()", "blob"],
  ["SELECT match(blob1, 'a') FROM m", "match()", "LIKE"],
  ["SELECT blob1 REGEXP 'a' FROM m", "REGEXP", "LIKE"],
  ["SELECT dateDiff('day', timestamp, now()) FROM m", "dateDiff()", "toUnixTimestamp"],
  ["SELECT sipHash64(blob1) FROM m", "sipHash64()", "SQL reference"],
  ["SELECT plus(double1, 1) FROM m", "plus()", "a + b"],
  ["SELECT toIntervalDay(1)", "toIntervalDay()", "INTERVAL"],
  ["SELECT now() - INTERVAL '1' WEEK", "toIntervalWeek()", "INTERVAL '7' DAY"],
  ["SELECT now() - INTERVAL 5 MINUTE", "INTERVAL", "INTERVAL '5' MINUTE"],
  ["SELECT sum(double1) FILTER (WHERE double2 > 1) FROM m", "FILTER", "sumIf"],
  ["SELECT DISTINCT blob1 FROM m", "DISTINCT", "GROUP BY"],
  ["SELECT DISTINCT ON (blob1) blob1 FROM m", "DISTINCT ON", "argMax"],
  ["SELECT * FROM (SELECT DISTINCT blob1 FROM m)", "DISTINCT", "GROUP BY"],
  ["SELECT blob1 FROM m FINAL", "FINAL", "leave it out"],
  ["SELECT blob1 AS FINAL FROM m FINAL", "FINAL", "leave it out"],
  ["SELECT blob1 AS FINAL FROM m", "the alias FINAL", "SQL word"],
  ["SELECT blob1 FROM m PREWHERE double1 > 1", "PREWHERE", "WHERE"],
  ["SELECT blob1 FROM m SAMPLE 0.1", "SAMPLE", "_sample_interval"],
  ["SELECT blob1 FROM m SETTINGS max_threads = 1", "SETTINGS", "leave it out"],
  ["SELECT blob1 FROM m FORMAT JSON SETTINGS max_threads = 1", "SETTINGS", "leave it out"],
  ["SELECT blob1 FROM m INTO OUTFILE '/tmp/x.json'", "INTO OUTFILE", "own code"],
  ["SELECT blob1 FROM m INTO OUTFILE '/tmp/x.json' FORMAT JSON", "INTO OUTFILE", "own code"],
  ["SELECT blob1, count() FROM m GROUP BY blob1 WITH TOTALS", "WITH TOTALS", "own code"],
  ["SELECT blob1, count() FROM m GROUP BY blob1 WITH ROLLUP", "WITH ROLLUP", "one query per grouping"],
  ["SELECT blob1, count() FROM m GROUP BY CUBE(blob1)", "CUBE", "one query per grouping"],
  ["SELECT count() FROM m GROUP BY GROUPING SETS ((blob1), (blob2))", "GROUPING", "one query per grouping"],
  ["SELECT count() FROM m GROUP BY ALL", "ALL", "name the columns"],
  ["SELECT blob1 FROM m ORDER BY ALL", "ALL", "name the columns"],
  ["SELECT blob1 FROM m GROUP BY 1", "position", "name or alias"],
  ["SELECT blob1 FROM m ORDER BY 1", "position", "name or alias"],
  ["SELECT blob1 FROM m ORDER BY blob1 NULLS FIRST", "NULLS FIRST", "never NULL"],
  ["SELECT blob1 FROM m ORDER BY blob1 ASC NULLS LAST", "NULLS LAST", "never NULL"],
  ["SELECT blob1 FROM m ORDER BY blob1 COLLATE 'en'", "COLLATE", "lower"],
  ["SELECT timestamp FROM m ORDER BY timestamp WITH FILL", "WITH FILL", "own code"],
  ["SELECT blob1 FROM m LIMIT 1 BY blob1", "BY", "GROUP BY"],
  ["SELECT blob1 FROM m ORDER BY blob1 LIMIT 1 WITH TIES", "WITH TIES", "LIMIT n"],
  ["SELECT TOP 3 blob1 FROM m", "TOP", "LIMIT n"],
  ["SELECT ALL blob1 FROM m", "ALL", "leave ALL out"],
  ["SELECT blob1 FROM m LIMIT -1", "LIMIT", "LIMIT 10"],
  ["SELECT blob1 FROM m LIMIT 1 + 1", "LIMIT", "LIMIT 10"],
  ["SELECT blob1 FROM m LIMIT 1.5", "LIMIT", "LIMIT 10"],
  ["SELECT blob1 FROM m LIMIT 1, 2", "LIMIT m, n", "LIMIT n OFFSET m"],
  ["SELECT blob1 FROM m FORMAT CSV", "FORMAT CSV", "FORMAT JSON"],
  ["SELECT blob1 FROM m FORMAT Null", "FORMAT Null", "FORMAT JSON"],
  ["INSERT INTO m VALUES (1)", "INSERT", "binding"],
  ["insert into m select * from m", "INSERT", "binding"],
  ["DROP TABLE m", "DROP", "cannot be dropped"],
  ["ALTER TABLE m DELETE WHERE 1", "ALTER", "fixed"],
  ["CREATE TABLE x (a Int8) ENGINE = Memory", "CREATE", "first point"],
  ["TRUNCATE TABLE m", "TRUNCATE", "cannot be deleted"],
  ["RENAME TABLE m TO n", "RENAME", "cannot be renamed"],
  ["SYSTEM SHUTDOWN", "SYSTEM", "only reads"],
  ["SET readonly = 0", "SET", "settings"],
  ["USE system", "USE", "one database"],
  ["EXPLAIN SELECT 1", "EXPLAIN", "query itself"],
  ["DESCRIBE TABLE m", "DESCRIBE", "fixed"],
  ["SHOW DATABASES", "SHOW DATABASES", "SHOW TABLES"],
  ["SHOW CREATE TABLE m", "SHOW CREATE", "SHOW TABLES"],
  ["SHOW TABLES FROM system", "after SHOW TABLES", "FORMAT JSON"],
  ["SHOW TABLES FORMAT CSV", "FORMAT CSV", "FORMAT JSON"],
  ["SELECT 1; SELECT 2", "more than one statement", "one statement"],
  ["SELECT 1; DROP TABLE m", "more than one statement", "one statement"],
  ["SHOW TABLES; DROP TABLE m", "more than one statement", "one statement"],
  ["SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')", "table function url()", "only your datasets"],
  ["SELECT * FROM file('/etc/passwd', 'LineAsString')", "table function file()", "only your datasets"],
  ["SELECT * FROM numbers(10)", "table function numbers()", "only your datasets"],
  ["SELECT * FROM merge('.*')", "table function merge()", "only your datasets"],
  ["SELECT file('/etc/passwd')", "file()", "SQL reference"],
  ["SELECT getSetting('max_threads')", "getSetting()", "SQL reference"],
  ["SELECT currentUser()", "currentUser()", "SQL reference"],
  ["SELECT name FROM system.tables", "the table system.tables", "only your datasets"],
  ["SELECT blob1 FROM datasets_1.m", "the table datasets_1.m", "bare name"],
  ["SELECT m.blob1 FROM m", "m.blob1", "column alone"],
  ["SELECT m.* FROM m", "m.*", "column alone"],
  ["SELECT * EXCEPT blob1 FROM m", "EXCEPT", "name the columns"],
  ["SELECT * REPLACE(1 AS blob1) FROM m", "REPLACE", ""],
  ["SELECT * APPLY(max) FROM m", "APPLY", "each column"],
  ["SELECT COLUMNS('blob') FROM m", "COLUMNS", "name the columns"],
  ["SELECT count(*) FROM m", "count()", "write count()"],
  ["SELECT count(blob1) FROM m", "1 argument", "write count()"],
  ["SELECT blob1[1] FROM m", "subscript", "one column per item"],
  ["SELECT [1, 2]", "array", "one column per item"],
  ["SELECT array(1, 2)", "array()", "one column per item"],
  ["SELECT (1, 2)", "tuple", "after IN"],
  ["SELECT tuple(1, blob1) FROM m", "tuple()", "one column per value"],
  ["SELECT (blob1, blob2) FROM m", "tuple()", "one column per value"],
  ["SELECT blob1 FROM m WHERE (blob1, blob2) IN (('a', 'b'))", "tuple", "one column per value"],
  ["SELECT arrayMap(x -> x, topK(blob1)) FROM m", "lambda", "own code"],
  ["SELECT blob1 FROM m WHERE blob1 IN (SELECT blob1 FROM m)", "IN (SELECT", "inner query first"],
  ["SELECT blob1 FROM m WHERE blob1 IN m", "unable to find type of column: m", ""],
  ["SELECT blob1 FROM m WHERE blob1 IN blob2", "IN without a list", "IN ('a', 'b')"],
  ["SELECT blob1 FROM m WHERE blob1 GLOBAL IN ('a')", "GLOBAL", "IN (list)"],
  ["SELECT (SELECT max(double1) FROM m)", "sub-query outside FROM", "two queries"],
  ["SELECT blob1 FROM m WHERE EXISTS (SELECT 1)", "EXISTS()", "sub-queries"],
  ["SELECT blob1 FROM m WHERE blob1 IS NULL", "IS", "never NULL"],
  ["SELECT blob1 FROM m WHERE blob1 IS NOT NULL", "IS", "never NULL"],
  ["SELECT NULL", "NULL", "never NULL"],
  ["SELECT nan, inf", "unable to find type of column: nan", ""],
  ["SELECT blob1 FROM m WHERE double1 == 1", "==", "write ="],
  ["SELECT double1 DIV 2 FROM m", "DIV", "intDiv"],
  ["SELECT double1 MOD 2 FROM m", "MOD", "%"],
  ["SELECT position(blob1, 'a') FROM m", "position", "IN text"],
  ["SELECT $$text$$", "heredoc", "'text'"],
  ["SELECT {x:UInt8}", "{ }", "into the statement"],
  ["SELECT @@version", "@@", "settings"],
  ["SELECT blob1 FROM m AS t", "the table alias t", "leave it out"],
  ["SELECT b FROM (SELECT blob1 AS b FROM m) AS q", "the table alias q", "leave it out"],
  ["SELECT (double1 AS x) + x FROM m", "the alias x inside an expression", "whole columns"],
  ["SELECT first_value(blob1) IGNORE NULLS FROM m", "IGNORE", "never NULL"],
  ["FROM m SELECT blob1", "FROM", "begin with SELECT"],
  ["(SELECT 1)", "(", "begin with SELECT"],
  ["VALUES (1)", "VALUES", "begin with SELECT"],
  ["", "empty statement", "SELECT"],
  ["-- nothing", "empty statement", "SELECT"],
  ["SELECT `a(children 3)` FROM m", "name", "letters"],
  ["SELECT `plus`(1, 2)", "in quotes", "without quotes"],
  ["SELECT topK(double1)(blob1) FROM m", "no constant", "number"],
  ["SELECT sum(1)(double1) FROM m", "sum(…)(…)", "write sum(x)"],
  ["SELECT round(1, 2, 3)", "3 arguments", "write round("],
  ["SELECT now('UTC')", "1 argument", "write now()"],
  ["SELECT blob1 FROM nothing", "unknown table: nothing", "first point"],
  ["SELECT * FROM (SELECT blob1 FROM nothing)", "unknown table: nothing", "first point"],
  ["SELECT blob21 FROM m", "unable to find type of column: blob21", ""],
  ["SELECT blob1", "unable to find type of column: blob1", ""],
  ["SELECT _part FROM m", "unable to find type of column: _part", ""],
  ["SELECT blob2 FROM (SELECT blob1 FROM m)", "unable to find type of column: blob2", ""],
  ["SELECT blob1 FROM m ORDER BY double1", "unable to find type of column: double1", "alias"],
  ["SELECT blob1 AS b FROM m ORDER BY blob1", "unable to find type of column: blob1", "alias"],
  ["SELECT blob1 FROM m GROUP BY blob1 ORDER BY count()", "unable to find type of column: count()", "alias"],
  ["SELECT blob1, count() AS n FROM m GROUP BY blob1 ORDER BY count()", "unable to find type of column: count()", "alias"],
  ["SELECT first_value(blob1) FROM m ORDER BY timestamp", "unable to find type of column: timestamp", "alias"],
  ["SELECT quantileExactWeighted(0.5)(double1, double2) FROM m", "weight", "toUInt32"],
  ["SELECT blob1 + 1 FROM m", "Illegal types String and UInt8", ""],
  ["SELECT blob1, count() FROM m", "Column 'm.blob1' is not under aggregate function", ""],
  ["SELECT blob1, FROM m", "a comma before FROM", "leave it out"],
  ["SELECT blob1 FROM", "Syntax error", ""],
  ["SELECT 'open", "not closed", ""],
];

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
