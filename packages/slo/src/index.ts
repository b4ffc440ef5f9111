export type { Budget } from "./engine/budget.ts";
export type { BurnWindow, RuleStatus, RuleVerdict } from "./engine/burn.ts";
export { decide, type AlertMemory, type SloAlert } from "./engine/decide.ts";
export { defaultRules, type DefaultRules } from "./engine/default-rules.ts";
export {
  evaluateSlo,
  evaluateWindows,
  windowLengths,
  type EvaluationMoment,
  type SloState,
  type SloStatus,
} from "./engine/evaluate.ts";
export { leavingRange, replaceCell, rollWindow, type LeavingRange } from "./engine/roll.ts";
export {
  emptyWindow,
  sumWindows,
  tierOf,
  TIERS,
  windowStart,
  type Tier,
  type TierSpan,
  type WindowSums,
} from "./engine/window.ts";
export { measurementQuery, type MeasurementRange } from "./measure/query.ts";
export { slicesFromRows, unknownVersions, type SliceOptions, type UnknownVersion } from "./measure/slices.ts";
export { MINUTE_MS, minuteOf, watermarkMinute, type Cell, type Counts, type Slice } from "./model/cell.ts";
export { formatMinutes, parseDurationMs } from "./model/duration.ts";
export { toNumber, type Ratio } from "./model/ratio.ts";
export {
  symptomOf,
  type BurnRule,
  type FilterField,
  type GoodCondition,
  type Indicator,
  type IndicatorFilter,
  type IndicatorKind,
  type RuleId,
  type RuleUrgency,
  type Slo,
  type SloSymptom,
  type SloWindow,
} from "./model/slo.ts";
export { formatIssues } from "./spec/format.ts";
export { ISSUE_CODES, type Issue, type IssueCode, type SpecFile } from "./spec/issue.ts";
export type { JsonSchema } from "./spec/json-schema.ts";
export { parseSlos, type ParsedSlos } from "./spec/parse.ts";
export { API_VERSION, sloJsonSchema } from "./spec/slo-shape.ts";
export { mergeMeasurements, type Measurement } from "./store/merge.ts";
export { packCells, unpackCells, type UnpackResult } from "./store/pack.ts";
export { rollUp } from "./store/roll-up.ts";
