import { EngineError } from "./engine.ts";

/** `FORMAT JSON` of the SQL API. 64-bit integers are strings: read each value by its column's type in `meta`. */
export interface SqlAnswer {
  readonly meta: readonly { readonly name: string; readonly type: string }[];
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly rows: number;
  readonly rows_before_limit_at_least: number;
}

/** A statement that was not answered: `status` and text are those of the HTTP answer. */
export class SqlError extends Error {
  override name = "SqlError";
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** ClickHouse tells the rows before LIMIT only where there is one; Analytics Engine always does. */
export function withRowsBeforeLimit(json: Uint8Array): Uint8Array {
  const tail = Buffer.from(
    json.buffer,
    json.byteOffset + Math.max(0, json.byteLength - tailBytes),
    Math.min(json.byteLength, tailBytes),
  ).toString("latin1");
  if (tail.includes('"rows_before_limit_at_least"')) return json;
  const match = /"rows": (\d+)\s*\}\s*$/.exec(tail);
  if (match === null) return json;
  const end = Buffer.from(`"rows": ${match[1] ?? "0"},\n\n\t"rows_before_limit_at_least": ${match[1] ?? "0"}\n}\n`);
  return Buffer.concat([json.subarray(0, json.byteLength - tail.length + match.index), end]);
}

/** Longer than the counters at the end of an answer. */
const tailBytes = 160;

const cannotReadData = new Set([32, 33, 40, 246, 271, 432]);

/** The answer for what ClickHouse would not do. */
export function asSqlError(error: unknown): SqlError {
  if (error instanceof SqlError) return error;
  if (!(error instanceof EngineError))
    return new SqlError(500, `internal error: ${error instanceof Error ? error.message : String(error)}`);
  if (error.code !== undefined && cannotReadData.has(error.code))
    return new SqlError(
      500,
      `the stored points cannot be read (${error.message}); the data folder is damaged: delete it or start with another one`,
    );
  if (error.code === 43 && error.message.includes("quantileExactWeighted")) {
    return new SqlError(
      422,
      "the weight of quantileExactWeighted() must be an unsigned integer; write quantileExactWeighted(0.95)(double1, toUInt32(_sample_interval * double5))",
    );
  }
  if (error.code === 159) return new SqlError(422, "the query took longer than 30 seconds; ask for a shorter time range");
  return new SqlError(error.code === undefined ? 500 : 422, error.message);
}
