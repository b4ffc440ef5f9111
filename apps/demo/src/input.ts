import type { Context } from "hono";
import * as v from "valibot";
import { Problem } from "./problem.ts";
import { TASK_STATUSES } from "./task-state.ts";

/** `owner/name`, with the characters GitHub allows in each part. */
const REPOSITORY = /^[A-Za-z0-9-]{1,39}\/[A-Za-z0-9._-]{1,100}$/;

const text = (maxLength: number) => v.pipe(v.string(), v.trim(), v.minLength(1, "must not be empty"), v.maxLength(maxLength));
const whole = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const wholeInText = (min: number, max: number) =>
  v.pipe(v.string(), v.regex(/^\d{1,9}$/, "must be a whole number"), v.transform(Number), whole(min, max));

export const newProject = v.strictObject({
  name: text(100),
  repository: v.optional(v.pipe(v.string(), v.regex(REPOSITORY, "must look like owner/name"))),
});

export const newTask = v.strictObject({
  projectId: text(100),
  title: text(200),
  instructions: text(10_000),
  priority: v.optional(whole(1, 5), 3),
});

export const transition = v.strictObject({
  to: v.picklist(TASK_STATUSES, `must be one of ${TASK_STATUSES.join(", ")}`),
  reason: v.optional(text(500), "asked for through the API"),
});

export const completion = v.strictObject({
  prompt: text(20_000),
  maxTokens: v.optional(whole(1, 4096), 1024),
});

export const listFilter = v.strictObject({
  projectId: v.optional(text(100)),
  status: v.optional(v.picklist(TASK_STATUSES, `must be one of ${TASK_STATUSES.join(", ")}`)),
  limit: v.optional(wholeInText(1, 100), "20"),
});

export const repositoryName = v.pipe(v.string(), v.regex(REPOSITORY, "must look like owner/name"));

/**
 * The request body as the schema describes it.
 * @throws Problem 400 that names every field that is wrong
 */
export async function bodyOf<S extends v.GenericSchema>(c: Context, schema: S): Promise<v.InferOutput<S>> {
  return parsed(schema, await jsonOf(c));
}

/**
 * `value` as the schema describes it.
 * @throws Problem 400 that names every field that is wrong
 */
export function parsed<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issues = result.issues.map((issue) => ({ path: v.getDotPath(issue) ?? "", message: issue.message }));
  const named = issues.map((issue) => (issue.path === "" ? issue.message : `${issue.path}: ${issue.message}`));
  throw new Problem({ status: 400, code: "invalid_input", message: `The input is not valid. ${named.join("; ")}`, issues });
}

async function jsonOf(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch (cause) {
    throw new Problem({
      status: 400,
      code: "invalid_json",
      message: "The body is not JSON. Send a JSON object with content-type application/json.",
      cause,
    });
  }
}
