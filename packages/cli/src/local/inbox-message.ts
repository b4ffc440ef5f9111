export type InboxChannel = "slack" | "pagerduty" | "email";

/** What a channel was sent, as it came over the wire. */
export interface InboxMessage {
  readonly channel: InboxChannel;
  /** ISO 8601, by the stack's clock. */
  readonly at: string;
  /** The request's body, unchanged. */
  readonly body: string;
}
