export { createClock, parseClockSpec, systemClock, type Clock, type ClockSpec } from "./clock.ts";
export { limits } from "./limits.ts";
export { createLogger, type Logger, type LoggerOptions, type LogLine } from "./logger.ts";
export { propertyOf } from "./settings/property.ts";
export { readChannels, type Channels } from "./settings/channels.ts";
export { readSettings, type LogLevel, type Settings, type SettingWarning } from "./settings/settings.ts";
export { builtinModule, importBuiltin } from "./runtime/builtin.ts";
export { once } from "./runtime/once.ts";
export { remembered } from "./runtime/remember.ts";
export { answeringInTime, inTime, NoAnswerError } from "./runtime/in-time.ts";
export { ambientKeepAlive, keepAliveOf, type KeepAlive } from "./runtime/keep-alive.ts";
export type { BlobColumn, DoubleColumn, Unit } from "./schema/columns.ts";
export {
  columnOf,
  fieldAliases,
  fixedColumns,
  kindColumns,
  KINDS,
  READABLE_VERSIONS,
  SCHEMA_VERSION,
  type FieldOf,
  type FixedField,
  type Kind,
  type PointFields,
} from "./schema/schema.ts";
export { byteLength, truncateBytes } from "./text/bytes.ts";
export { fingerprint, hash64, normaliseMessage, type FingerprintParts } from "./text/fingerprint.ts";
export { routePattern } from "./text/route-pattern.ts";
export { plainCopy, safeJson } from "./text/json.ts";
export { alsoScrub, isSecretName, MASK } from "./text/secrets.ts";
export { plainText } from "./text/plain.ts";
export { recall } from "./text/recall.ts";
export { scrubText, scrubUrl } from "./text/scrub.ts";
export { visibleText } from "./text/visible.ts";
export { encodePoint, type DataPoint } from "./write/encode.ts";
export { createFloodLimit, FLOOD_POINTS_PER_SECOND, type FloodLimit } from "./write/flood.ts";
export { createSampler, type Sampler, type SamplerOptions } from "./write/sampler.ts";
export { decideSample, weightOfRate, type EventTraits, type KeepReason, type SampleDecision } from "./write/sampling.ts";
export {
  createWriter,
  datasetOf,
  type Dataset,
  type DropReason,
  type Writer,
  type WriterIdentity,
  type WriterOptions,
} from "./write/writer.ts";
export { compileSql, QueryError } from "./query/compile-sql.ts";
export {
  defineQuery,
  type Buckets,
  type Condition,
  type Coarser,
  type GroupBy,
  type Measure,
  type MeasureScope,
  type PerKind,
  type Query,
  type Row,
} from "./query/query.ts";
export {
  createSqlApi,
  readAnswer,
  type QueryFailure,
  type QueryPort,
  type QueryResult,
  type SqlApi,
  type SqlApiOptions,
} from "./query/sql-api.ts";
export { conditionOf, fieldNamed } from "./query/typed-text.ts";
