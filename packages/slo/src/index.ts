export type { Budget } from "./engine/budget.ts";
export type { BurnWindow, RuleStatus, RuleVerdict } from "./engine/burn.ts";
export { burnAloneSentence } from "./engine/sentence.ts";
export { formatBurn, formatCount, formatFactor, formatMinuteUtc, formatSpan } from "./engine/text.ts";
export { allRules, decide, type AlertMemory, type SloAlert } from "./engine/decide.ts";
export { defaultRules, type DefaultRules } from "./engine/default-rules.ts";
export {
  evaluateSlo,
  evaluateWindows,
  periodKey,
  startOfLength,
  windowLengths,
  type EvaluationMoment,
  type SloState,
  type SloStatus,
} from "./engine/evaluate.ts";
export { alertsAt, emptyBoard, setWindow, statusAt, type Board } from "./engine/board.ts";
export { decideBoard } from "./engine/decide-board.ts";
export { layoutOf, type Layout, type WindowGroup } from "./engine/layout.ts";
export { leavingRange, replaceCell, rollFrom, rollWindow, type LeavingRange } from "./engine/roll.ts";
export {
  emptySums,
  emptyWindow,
  periodLength,
  sumFrom,
  sumWindows,
  tierOf,
  TIERS,
  windowStart,
  type Tier,
  type TierSpan,
  type WindowSums,
} from "./engine/window.ts";
export { measurementQuery, pointKinds, type MeasurementRange } from "./measure/query.ts";
export { sliceStart } from "./measure/timeslices.ts";
export {
  readableRows,
  slicesFromRows,
  slicesOfRows,
  unknownVersions,
  type SliceOptions,
  type UnknownVersion,
} from "./measure/slices.ts";
export { excludedRanges, type ExcludedRange } from "./model/exclusion.ts";
export { periodAt, type Period } from "./model/period.ts";
export type { Probe } from "./model/probe.ts";
export { MINUTE_MS, minuteOf, watermarkMinute, type Cell, type Counts, type Slice } from "./model/cell.ts";
export { formatMinutes, parseDurationMs } from "@monotask/spec-file";
export { toNumber, type Ratio } from "./model/ratio.ts";
export {
  symptomOf,
  type BudgetingMethod,
  type BurnRule,
  type FilterField,
  type GoodCondition,
  type Indicator,
  type IndicatorFilter,
  type IndicatorKind,
  type CalendarUnit,
  type Exclusion,
  type RuleId,
  type RuleUrgency,
  type Slo,
  type SloAlertId,
  type SloSymptom,
  type SloWindow,
} from "./model/slo.ts";
export { formatIssues } from "@monotask/spec-file";
export { ISSUE_CODES, type Issue, type IssueCode, type SpecFile } from "./spec/issue.ts";
export type { JsonSchema } from "@monotask/spec-file";
export { parseSlos, type ParsedSlos } from "./spec/parse.ts";
export { API_VERSION, sloJsonSchema } from "./spec/slo-shape.ts";
export { excludeFromCell, lateExclusions, type KnownExclusion, type LateExclusions } from "./store/exclude.ts";
export { mergeMeasurements, type Measurement } from "./store/merge.ts";
export { packCells, unpackCells, type UnpackResult } from "./store/pack.ts";
export { rollUp } from "./store/roll-up.ts";
export { advance, statusesOf, type Advanced, type StoredHistory } from "./tick/advance.ts";
export { forgottenMemory, packMemory, unpackMemory, type EngineMemory } from "./tick/memory.ts";
export { measurementOfRows, slicesOf, tickMeasurement, type TickMeasurement } from "./tick/measurement.ts";
export { historyRanges, planTick, type HistoryRange, type TickPlan } from "./tick/plan.ts";
export type { CellKey, PackedRow } from "./tick/stored-cells.ts";
export {
  keepVersions,
  versionCounts,
  versionStatuses,
  worseVersions,
  type VersionCount,
  type VersionHistory,
  type VersionStatus,
  type WorseVersion,
} from "./tick/versions.ts";
export { missedDigest, type MissedDigest } from "./tick/digest.ts";
export { Player, quietHistory } from "./tick/player.ts";
export { parseSloTests, sloTestJsonSchema, type ParsedSloTests, type ResolveSlo } from "./replay/parse-test.ts";
export { replay, type Replayed, type ReplayOptions } from "./replay/replay.ts";
export { runSloTest, type Expectation, type ExpectationResult, type SloTest, type Stretch } from "./replay/run-test.ts";
export { Timings, type Firing } from "./replay/timings.ts";
export { createLogpushCounter, type LogpushCounter } from "./replay/logpush.ts";
export {
  budgetLeftAt,
  budgetStart,
  makeReport,
  reportPeriod,
  type Report,
  type DeadLetterGroup,
  type ReportInput,
  type ReportKind,
  type ReportLine,
} from "./report/report.ts";
export { reportHtml, reportMarkdown } from "./report/render.ts";
export { exportOpenSlo } from "./spec/openslo/export.ts";
export { openSloJsonSchema } from "./spec/openslo/shape.ts";
