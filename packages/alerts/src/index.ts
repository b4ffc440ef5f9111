export type { Severity } from "./model/severity.ts";
export { SEVERITIES, isLouder, loudest } from "./model/severity.ts";
export type { AlertLabels, AlertSample, AlertSignal, RaiseBatch, RaiseResult, RaiseSource, Symptom } from "./model/signal.ts";
export { SYMPTOMS } from "./model/signal.ts";
export type { Drill, SignalError } from "./model/signal.ts";
export type { Acknowledgement, Alert, AlertStatus, AlertView, ErrorCount, Hold, Reminder } from "./model/alert.ts";
export type {
  Backlog,
  DeliveryStatus,
  HistoryEntry,
  HistoryEvent,
  NotificationKind,
  NotificationRecord,
  NotifyReason,
  ReminderReason,
} from "./model/record.ts";
export { labelOf, matches, matchersText, parseMatcher, parseMatchers, type Matcher, type MatcherError } from "./model/matcher.ts";
export { MAX_SILENCE_MS, silenceFrom, type Silence, type SilenceError, type SilenceRequest } from "./model/silence.ts";
export { CHANNEL_NAMES, channelOf, isTarget, nameOf, sortTargets, type ChannelName, type Target } from "./model/target.ts";
export { defaultRoutes, type Routes } from "./routing/routes.ts";
export {
  isLogOnly,
  routingBySeverity,
  type EscalationLevel,
  type Quiet,
  type RouteDecision,
  type Routing,
} from "./routing/routing.ts";
export type {
  AcknowledgeOptions,
  AlertManagerApi,
  DrillRequest,
  SilenceAnswer,
  SilencePreview,
  TestAnswer,
} from "./client/env.ts";
export { alertManagerOf, ANSWER_MS } from "./client/env.ts";
export { allAlerts } from "./client/all-alerts.ts";
export type { AlertPage, AlertQuery } from "./model/page.ts";
export type { AlertClient, AlertClientOptions, CreateAlertClient, DedupStore, Handover } from "./client/alert-client.ts";
export { createAlertClient, createManagerClient, DEGRADED_NOTE } from "./client/alert-client.ts";
export type { CooldownMemory } from "./client/cooldown.ts";
export { keptAlertId } from "./model/clean-signal.ts";
export { alertId, groupKeyOf, DEFAULT_GROUP_BY } from "./model/identity.ts";
export { viewOf } from "./model/alert.ts";
export { defaultInhibitions, defaultSettings, type EngineSettings, type Inhibition } from "./engine/settings.ts";
export type { ChannelLog, Covered, EngineState, Group, Job } from "./engine/state.ts";
export { emptyState } from "./engine/state.ts";
export { explain, type Explanation } from "./engine/explain.ts";
export type { Effect, EngineEvent, Outcome } from "./engine/event.ts";
export type { Changes } from "./engine/draft.ts";
export type { Step } from "./engine/step.ts";
export { nextStepAt, step } from "./engine/step.ts";
export type { DigestEntry, Notification, NotificationContext, NotifiedAlert } from "./notification/notification.ts";
export type { Enrichment, FrequentError } from "./notification/enrichment.ts";
export { createNotification } from "./notification/notification.ts";
export type { Channel, ChannelDeps, ChannelSettings, EmailMessage, EmailSender } from "./channels/channel.ts";
export { slack, type SlackBlock, type SlackMessage, type SlackText } from "./channels/slack/index.ts";
export { pagerduty, type PagerDutyEvent } from "./channels/pagerduty/index.ts";
export { email, type EmailContent } from "./channels/email/index.ts";
export { webhook, type WebhookMessage } from "./channels/webhook/index.ts";
export { log } from "./channels/log/index.ts";
export { missingAt, sendTo } from "./channels/senders.ts";
export { handlePagerDutyHook, type PagerDutyHookDeps } from "./hooks/pagerduty.ts";
export { handleActionPage, type ActionPageDeps } from "./pages/action-page.ts";
export { ACTION_PATH } from "./pages/action-links.ts";
export { withDirectFallback, type FallbackOptions } from "./client/fallback.ts";
export { heartbeatBlocker, sendHeartbeat, type TickReport } from "./heartbeat/heartbeat.ts";
