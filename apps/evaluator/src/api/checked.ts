import type { Context } from "hono";
import * as v from "valibot";

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly response: Response };

/** The JSON body of a request, or the answer that says what is wrong with it. */
export async function bodyOf<S extends v.GenericSchema>(c: Context, schema: S): Promise<Parsed<v.InferOutput<S>>> {
  const body: unknown = await c.req.json().catch(() => undefined);
  if (body === undefined) return { ok: false, response: c.json({ error: "the body is no JSON" }, 400) };
  return checked(c, schema, body);
}

/** Checks what a request carries. */
export function checked<S extends v.GenericSchema>(c: Context, schema: S, input: unknown): Parsed<v.InferOutput<S>> {
  const result = v.safeParse(schema, input);
  if (result.success) return { ok: true, value: result.output };
  const issues = result.issues.map((issue) => `${v.getDotPath(issue) ?? "body"}: ${issue.message}`);
  return { ok: false, response: c.json({ error: issues.join("; ") }, 400) };
}
