import type { Outcome } from "../engine/event.ts";
import type { Notification } from "../notification/notification.ts";
import { CHANNEL_NAMES, type ChannelName } from "../routing/routes.ts";
import type { Channel, ChannelDeps } from "./channel.ts";
import { email } from "./email/index.ts";
import { log } from "./log/index.ts";
import { pagerduty } from "./pagerduty/index.ts";
import { slack } from "./slack/index.ts";

/** A channel whose message type does not matter to whoever sends. */
interface Sender {
  missing: Channel<unknown>["missing"];
  send(notification: Notification, deps: ChannelDeps): Promise<Outcome>;
}

const senders: Record<ChannelName, Sender> = {
  email: senderOf(email),
  slack: senderOf(slack),
  pagerduty: senderOf(pagerduty),
  log: senderOf(log),
};

/** Tells one channel. Never rejects: what a channel throws against its promise is a retry. */
export async function sendTo(channel: ChannelName, notification: Notification, deps: ChannelDeps): Promise<Outcome> {
  try {
    return await senders[channel].send(notification, deps);
  } catch (error) {
    return { kind: "retry", reason: `${channel}: ${error instanceof Error ? error.name : "unknown failure"}` };
  }
}

/** Channels that cannot be used as things are set, with the reason and the fix. */
export function unavailableChannels(deps: Pick<ChannelDeps, "settings" | "email">): Partial<Record<ChannelName, string>> {
  const missing = CHANNEL_NAMES.map((name) => [name, senders[name].missing(deps)] as const);
  return Object.fromEntries(missing.filter(([, reason]) => reason !== undefined));
}

function senderOf<Request>(channel: Channel<Request>): Sender {
  return {
    missing: (deps) => channel.missing(deps),
    send: (notification, deps) => channel.deliver(channel.render(notification), deps),
  };
}
