export { QUERY_THRESHOLDS_MS, type MinuteCell } from "./cell.ts";
export { evaluateRule, type Verdict } from "./evaluate.ts";
export { cellsFromRows, rulesQuery } from "./measure.ts";
export { parseAlerts, type AlertConfig, type ParsedAlerts } from "./parse.ts";
export { lookBackMinutes, MAX_WINDOW_MINUTES, MEASURES, type Limit, type Measure, type Rule } from "./rule.ts";
export { rehearseRule } from "./rehearse.ts";
export { signalsOfRules, type RuleTick } from "./run.ts";
export { RULE_PREFIX, sentenceOf, signalOfVerdict, valueOf } from "./sentence.ts";
export { alertsJsonSchema, API_VERSION } from "./shape.ts";
export {
  explainRoute,
  routingOf,
  type Route,
  type RouteExplanation,
  type RouteStep,
  type RouteTable,
} from "../routing/configured.ts";
export { quietAt, type MuteTime } from "../routing/mute-times.ts";
export { formatIssues } from "@monotask/spec-file";
