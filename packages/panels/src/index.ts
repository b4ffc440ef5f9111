export { dailyScans, dailyScansOf, rowsOfDays, type DailyRows } from "./aggregate/daily.ts";
export { unusedFields, type References } from "./definition/check.ts";
export { formatDashboardIssues, type DashboardIssue, type DashboardIssueCode } from "./definition/issue.ts";
export { dashboardJsonSchema, type JsonSchema } from "./definition/json-schema.ts";
export {
  DURATION_EDGES_MS,
  type Dashboard,
  type DashboardInput,
  type Panel,
  type PanelKind,
  type PanelMeasure,
  type PanelUnit,
  type PanelValue,
  type QueryPanel,
  type Section,
  type Threshold,
} from "./definition/panel.ts";
export { isQueryPanel } from "./definition/query-panel.ts";
export { defineDashboard, parseDashboard, type ParsedDashboard } from "./definition/parse.ts";
export type { MeasureColumns, Percentiles } from "./plan/columns.ts";
export { coarserRows } from "./plan/coarser.ts";
export { planScans, STEP_COLUMN, type Filters, type PlannedPanel, type Scan } from "./plan/plan.ts";
export { LIVE_DAYS, openFromMs, SETTLE_MS, stepRange, stepsOf, type StepRange } from "./plan/range.ts";
export { planWindows } from "./plan/windows.ts";
export { readScan, type PanelData, type PanelHistogram, type PanelSeries } from "./read/panel-data.ts";
export { topSeries } from "./read/top-series.ts";
export { quantileOf } from "./read/value.ts";
