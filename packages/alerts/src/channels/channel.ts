import type { LogLevel } from "@monotask/telemetry";
import type { Outcome } from "../engine/event.ts";
import type { Notification } from "../notification/notification.ts";
import type { ChannelName } from "../model/target.ts";

/** Where the channels send to; the secrets among it leave this object only in a request. */
export interface ChannelSettings {
  slackWebhookUrl?: string;
  pagerDutyRoutingKey?: string;
  pagerDutyEventsUrl?: string;
  alertEmail?: string;
  /** Sender of mails; by default the address they go to. Its domain has to be onboarded to Email Service. */
  alertEmailFrom?: string;
  /** Where the generic webhook posts to; its host has to be among `webhookHosts`. */
  webhookUrl?: string;
  /** Signs what the generic webhook posts. */
  webhookSecret?: string;
  webhookHosts?: readonly string[];
  /** Settings of named targets by the name of the variable: `SLACK_WEBHOOK_URL_PAYMENTS`. */
  named?: Readonly<Record<string, string>>;
  /** Allows `http:` targets on this machine, for local stacks and tests. */
  allowLoopback: boolean;
}

/** One mail, as Cloudflare's `send_email` binding takes it. */
export interface EmailMessage {
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
}

/** The part of a `send_email` binding that is used here. */
export interface EmailSender {
  send(message: EmailMessage): Promise<unknown>;
}

/** The outside world as channels see it. */
export interface ChannelDeps {
  settings: ChannelSettings;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** The `EMAIL` binding, where there is one. */
  email?: EmailSender;
  /** Writes one line to the worker's log. */
  write: (line: string, level: LogLevel) => void;
  /** Real time after which a peer counts as silent. */
  timeoutMs: number;
}

/** A way to tell people. One folder each; the next channel is one more folder and one more line in `senders.ts`. */
export interface Channel<Request> {
  name: ChannelName;
  /** The setting or binding that is missing and how to set it, or undefined when the channel can be used. */
  missing(deps: Pick<ChannelDeps, "settings" | "email">): string | undefined;
  /** What is sent, without its secrets. Pure; never fails, whatever the size of the notification. */
  render(notification: Notification): Request;
  /** Sends it. Never rejects; the reason in an outcome holds no secret. */
  deliver(request: Request, deps: ChannelDeps): Promise<Outcome>;
}
