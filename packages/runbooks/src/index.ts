export type {
  CommandStep,
  DerivedRatio,
  EscalationLevel,
  FrontMatter,
  QueryStep,
  ReadingRule,
  Runbook,
  RunbookIssue,
  Section,
  SelectedMeasure,
  Step,
  Test,
} from "./model.ts";
export { BLOCK_WORDS, parseRunbook, type ParsedRunbook } from "./parse/parse.ts";
export { shownNumber } from "./run/number.ts";
export { filledLines, firstDiagnosis, planRun, queryOf, wordsOf, type RunScope } from "./run/plan.ts";
export { readStep, type Reading } from "./run/read.ts";
