/** The fields of a request's JSON body, read one by one: the boundary at which they become typed. */
export interface Body {
  /** A text that is not empty. */
  text(name: string): string | undefined;
  texts(name: string): string[];
  number(name: string): number | undefined;
}

/** Reads the body. No body is an empty one; undefined for what is not a JSON object. */
export async function readBody(request: Request): Promise<Body | undefined> {
  const fields = request.method === "GET" || request.body === null ? {} : fieldsOf(await request.text());
  if (fields === undefined) return undefined;
  return {
    text: (name) => textIn(fields[name]),
    texts(name) {
      const value = fields[name];
      return Array.isArray(value) ? value.flatMap((one) => textIn(one) ?? []) : [];
    },
    number(name) {
      const value = fields[name];
      return typeof value === "number" && Number.isFinite(value) ? value : undefined;
    },
  };
}

function fieldsOf(text: string): Record<string, unknown> | undefined {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
