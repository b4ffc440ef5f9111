export {
  anyText,
  described,
  listOf,
  listOfAtLeastOne,
  object,
  oneOf,
  oneOrMore,
  optional,
  required,
  text,
  textMap,
  type Decoder,
  type Field,
  type Fields,
  type Found,
  type Located,
  type ObjectRules,
} from "./decoder.ts";
export { formatMinutes, formatMs, parseDurationMs } from "./duration.ts";
export { formatIssues } from "./format.ts";
export type { Finding, Issue, Place, Report, SpecFile } from "./issue.ts";
export type { JsonSchema } from "./json-schema.ts";
export { readDocuments, type SpecDocument } from "./read-documents.ts";
export { nearest } from "./suggest.ts";
export { rootValue, type Entry, type Value } from "./yaml-node.ts";
export { epochOf, isTimeZone, wallTimeOf, type WallTime } from "./zone.ts";
