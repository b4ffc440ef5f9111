import { alertIdsOf } from "../engine/layout.ts";
import { buildSlos } from "../spec/build.ts";
import { anyText, listOfAtLeastOne, object, oneOf, optional, readDocuments, required, text } from "@monotask/spec-file";
import type { Decoder, Found, JsonSchema, Located } from "@monotask/spec-file";
import type { Issue, Report, SpecFile } from "../spec/issue.ts";
import { API_VERSION, sloShape } from "../spec/slo-shape.ts";
import type { WrittenSlo } from "../spec/slo-shape.ts";
import type { Slo } from "../model/slo.ts";
import type { Expectation, SloTest, Stretch } from "./run-test.ts";

export interface ParsedSloTests {
  readonly tests: readonly SloTest[];
  readonly issues: readonly Issue[];
}

/** Finds the SLO of a `ref`: `config/slos.yaml#api-availability`. */
export type ResolveSlo = (ref: string) => Slo | undefined;

/** Nine digits: a month of such minutes still adds up exactly. */
const wholeNumber: Decoder<number> = text(
  { pattern: "^\\d{1,9}$" },
  (source) =>
    /^\d{1,9}$/.test(source)
      ? { value: Number(source) }
      : { code: "bad-value", message: `"${source}" is not a whole number up to 999999999`, hint: "Write a whole number from 0." },
  "read",
);

/** A stretch that takes some time, and that is played minute by minute: at most 69 days. */
const stretchMinutes: Decoder<number> = text(
  { pattern: "^0{0,4}[1-9]\\d{0,4}$" },
  (source) =>
    /^0{0,4}[1-9]\d{0,4}$/.test(source)
      ? { value: Number(source) }
      : { code: "bad-value", message: `"${source}" minutes are no stretch`, hint: "Write a whole number from 1 to 99999." },
  "read",
);

/** A minute, or `null` for never. */
const minuteOrNever: Decoder<number | "never"> = {
  schema: { anyOf: [wholeNumber.schema, { type: "null" }] },
  read: (value, report) => (value.kind === "null" ? "never" : wholeNumber.read(value, report)),
};

const yes: Decoder<true> = {
  schema: { const: true },
  read: (value, report) => {
    if (value.kind === "boolean" && value.source === "true") return true;
    report(value.place, { code: "bad-value", message: "`missing` is true or left out", hint: "Write `missing: true`." });
    return undefined;
  },
};

const stretchField = object(
  { minutes: required(stretchMinutes), total: optional(wholeNumber), bad: optional(wholeNumber), missing: optional(yes) },
  { atLeastOneOf: ["total", "missing"] },
);
const expectField = object({
  rule: required(anyText),
  firesAt: required(minuteOrNever),
  clearsAt: optional(minuteOrNever),
});
const { name: _name, service: _service, indicator: _indicator, ...rest } = sloShape;
const testField = object({
  apiVersion: required(oneOf([API_VERSION])),
  kind: required(oneOf(["SloTest"])),
  name: optional(anyText),
  slo: required(
    object(
      {
        ...rest,
        ref: optional(anyText),
        name: optional(sloShape.name.decoder),
        service: optional(sloShape.service.decoder),
        indicator: optional(sloShape.indicator.decoder),
      },
      { atLeastOneOf: ["ref", "target", "percentile"] },
    ),
  ),
  series: required(listOfAtLeastOne(stretchField)),
  expect: required(listOfAtLeastOne(expectField)),
});

/** JSON Schema of a test file. */
export const sloTestJsonSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Tests of SLO alerts (monotask.dev/v1, SloTest)",
  ...testField.schema,
};

/** Reads tests of alert rules, one a document. What is wrong comes back as issues with places. */
export function parseSloTests(files: readonly SpecFile[], resolve: ResolveSlo): ParsedSloTests {
  const issues: Issue[] = [];
  const tests = files.flatMap((file) =>
    readDocuments(file, issues, ({ root, lineAt, report }) => {
      if (root.kind === "null") return [];
      const before = issues.length;
      const written = testField.read(root, report);
      const slo = written?.slo && sloOf(written.slo, resolve, { file: file.file, line: lineAt(root.place.offset) }, report);
      const series = (written?.series?.value ?? []).flatMap((stretch) => stretchOf(stretch, report) ?? []);
      const expectations = (written?.expect?.value ?? []).flatMap((entry) => expectationOf(entry, slo, report) ?? []);
      if (slo === undefined || issues.length > before) return [];
      const name = written?.name?.value ?? `${file.file}:${lineAt(root.place.offset)} ${slo.name}`;
      return [{ name, slo, series, expect: expectations }];
    }),
  );
  return { tests, issues };
}

type WrittenTestSlo = WrittenSlo & { readonly ref: Found<string> | undefined };

function sloOf(found: Found<WrittenTestSlo>, resolve: ResolveSlo, source: Slo["source"], report: Report): Slo | undefined {
  const { place, value } = found;
  if (value === undefined) return undefined;
  if (value.ref !== undefined) {
    const { ref } = value;
    if (ref.value === undefined) return undefined;
    const slo = resolve(ref.value);
    if (slo === undefined) {
      const hint = 'Write the file and the name of an SLO: "config/slos.yaml#api-availability".';
      report(ref.place, { code: "unresolved-reference", message: `there is no SLO "${ref.value}"`, hint });
    }
    return slo;
  }
  const given = <T>(word: T): Located<T> => ({ value: word, place });
  // The rules are what is tested: what is counted matters not, so availability of requests stands for it.
  const indicator = value.indicator ?? {
    place,
    value: {
      kind: given("request" as const),
      filter: undefined,
      good: value.percentile === undefined ? given("availability" as const) : undefined,
      bad: undefined,
      latency: undefined,
    },
  };
  const complete = { ...value, indicator, name: value.name ?? given("slo"), service: value.service ?? given("test") };
  return buildSlos({ place, value: complete }, source, report)[0];
}

type WrittenStretch = NonNullable<ReturnType<typeof stretchField.read>>;

function stretchOf({ value, place }: Located<WrittenStretch>, report: Report): Stretch | undefined {
  const minutes = value.minutes?.value;
  if (minutes === undefined) return undefined;
  if (value.missing !== undefined) return { minutes, missing: true };
  const total = value.total?.value;
  const bad = value.bad === undefined ? 0 : value.bad.value;
  if (total === undefined || bad === undefined) return undefined;
  if (bad <= total) return { minutes, total, bad };
  report(value.bad?.place ?? place, {
    code: "bad-value",
    message: `${bad} bad of ${total} events is too many`,
    hint: `Write at most ${total}.`,
  });
  return undefined;
}

type WrittenExpectation = NonNullable<ReturnType<typeof expectField.read>>;

function expectationOf({ value }: Located<WrittenExpectation>, slo: Slo | undefined, report: Report): Expectation | undefined {
  const { rule, firesAt, clearsAt } = value;
  if (rule?.value === undefined || firesAt?.value === undefined || slo === undefined) return undefined;
  const known = alertIdsOf(slo).find((id) => id === rule.value);
  if (known === undefined) {
    const hint = `This SLO has ${alertIdsOf(slo).join(", ")}.`;
    report(rule.place, { code: "bad-value", message: `there is no rule "${rule.value}"`, hint });
    return undefined;
  }
  const never = (at: number | "never"): number | null => (at === "never" ? null : at);
  if (clearsAt !== undefined && clearsAt.value === undefined) return undefined;
  return {
    rule: known,
    firesAt: never(firesAt.value),
    ...(clearsAt?.value === undefined ? {} : { clearsAt: never(clearsAt.value) }),
  };
}
