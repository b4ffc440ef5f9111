import type { Probe } from "../model/probe.ts";
import type { StatusRange } from "../model/slo.ts";
import { anyText, described, object, oneOf, oneOrMore, optional, required, text } from "@monotask/spec-file";
import type { Decoder, Found, Located } from "@monotask/spec-file";
import type { Report } from "./issue.ts";
import { durationMinutes, durationMs, sloName } from "./scalars.ts";
import { statusRange } from "./indicator-shape.ts";

/** One of `probes:` as written. */
export interface WrittenProbe {
  readonly name: Found<string> | undefined;
  readonly url: Found<string> | undefined;
  readonly method: Found<"GET" | "HEAD" | "POST"> | undefined;
  readonly worker: Found<string> | undefined;
  readonly environment: Found<string> | undefined;
  readonly expect:
    Found<{ readonly status: Found<readonly StatusRange[]> | undefined; readonly body: Found<string> | undefined }> | undefined;
  readonly timeout: Found<number> | undefined;
  readonly interval: Found<number> | undefined;
}

/** `https://…`, or an address that begins with a variable of the evaluator: `${API_URL}/health`. */
const address: Decoder<string> = text({ pattern: "^(https?://|\\$\\{[A-Z][A-Z0-9_]*\\})" }, (source) => {
  const isFilled = /^\$\{[A-Z][A-Z0-9_]*\}(\/\S*)?$/.test(source);
  if (isFilled || (/^https?:\/\//.test(source) && URL.canParse(source))) return { value: source };
  const hint = 'Write "https://api.example.com/health", or begin with a variable of the evaluator: "${API_URL}/health".';
  return { code: "bad-url", message: `"${source}" is not an address`, hint };
});

export const probeField: Decoder<WrittenProbe> = object({
  name: required(sloName),
  url: required(described(address, "What is fetched; ${NAME} at the beginning is a variable of the evaluator.")),
  method: optional(oneOf<"GET" | "HEAD" | "POST">(["GET", "HEAD", "POST"])),
  worker: required(described(anyText, "The worker that is probed: a probe that succeeds proves that its telemetry arrives.")),
  environment: optional(anyText),
  expect: optional(
    object({
      status: optional(described(oneOrMore(statusRange), 'Statuses that are right; "2xx" when left out.')),
      body: optional(described(anyText, "Text that the answer must contain, in its first 64 KiB.")),
    }),
  ),
  timeout: optional(durationMs(100, 30_000)),
  interval: optional(durationMinutes(1, 1_440)),
});

/** The probe of an entry; undefined when a part of it is missing or can never succeed, which has been reported. */
export function buildProbe({ value: written }: Located<WrittenProbe>, report: Report): Probe | undefined {
  const name = written.name?.value;
  const url = written.url?.value;
  const worker = written.worker?.value;
  const body = written.expect?.value?.body;
  const isBodiless = written.method?.value === "HEAD" && body !== undefined;
  if (isBodiless) {
    const hint = "Write `method: GET`, or leave `body` out.";
    report(body.place, { code: "bad-value", message: "an answer to HEAD has no text that could be looked for", hint });
  }
  if (name === undefined || url === undefined || worker === undefined || isBodiless) return undefined;
  return {
    name,
    url,
    worker,
    method: written.method?.value ?? "GET",
    environment: written.environment?.value ?? "production",
    statuses: written.expect?.value?.status?.value ?? [{ from: 200, to: 299 }],
    body: body?.value,
    timeoutMs: written.timeout?.value ?? 5_000,
    intervalMinutes: written.interval?.value ?? 1,
  };
}
