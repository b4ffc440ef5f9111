import type { Outcome } from "../engine/event.ts";
import { channelOf, nameOf, type ChannelName, type Target } from "../model/target.ts";
import type { Notification } from "../notification/notification.ts";
import type { Channel, ChannelDeps } from "./channel.ts";
import { email } from "./email/index.ts";
import { log } from "./log/index.ts";
import { namedSetting, settingsAt } from "./named.ts";
import { pagerduty } from "./pagerduty/index.ts";
import { slack } from "./slack/index.ts";
import { webhook } from "./webhook/index.ts";

/** A channel whose message type does not matter to whoever sends. */
interface Sender {
  missing: Channel<unknown>["missing"];
  send(notification: Notification, deps: ChannelDeps): Promise<Outcome>;
}

const senders: Record<ChannelName, Sender> = {
  email: senderOf(email),
  slack: senderOf(slack),
  pagerduty: senderOf(pagerduty),
  webhook: senderOf(webhook),
  log: senderOf(log),
};

/** Tells one target. Never rejects: what a channel throws against its promise is a retry. */
export async function sendTo(target: Target, notification: Notification, deps: ChannelDeps): Promise<Outcome> {
  try {
    return await senders[channelOf(target)].send(notification, { ...deps, settings: settingsAt(target, deps.settings) });
  } catch (error) {
    return { kind: "retry", reason: `${target}: ${error instanceof Error ? error.name : "unknown failure"}` };
  }
}

/** Why a target cannot be used as things are set, with the fix; undefined for one that can. */
export function missingAt(target: Target, deps: Pick<ChannelDeps, "settings" | "email">): string | undefined {
  const missing = senders[channelOf(target)].missing({ ...deps, settings: settingsAt(target, deps.settings) });
  const setting = nameOf(target) === undefined ? undefined : namedSetting(target);
  return missing === undefined || setting === undefined ? missing : `${missing} (or ${setting} for this one alone)`;
}

function senderOf<Request>(channel: Channel<Request>): Sender {
  return {
    missing: (deps) => channel.missing(deps),
    send: (notification, deps) => channel.deliver(channel.render(notification), deps),
  };
}
