/** The ways an alert can be told. */
export type ChannelName = "email" | "slack" | "pagerduty" | "webhook" | "log";

/** All channels, in the order in which they are named to people. */
export const CHANNEL_NAMES: readonly ChannelName[] = ["email", "slack", "pagerduty", "webhook", "log"];

/**
 * One place at the end of a channel: the channel alone (`slack`) is the place its setting names, with a name (`slack:#payments`,
 * `email:lead@example.com`, `pagerduty:payments`) it is another one. Each target is told, retried and remembered on its own.
 */
export type Target = ChannelName | `${ChannelName}:${string}`;

/** The channel of a target. */
export function channelOf(target: Target): ChannelName {
  const name = target.split(":", 1)[0];
  return CHANNEL_NAMES.find((known) => known === name) ?? "log";
}

/** The name behind the channel, or undefined for the place that the channel's setting names. */
export function nameOf(target: Target): string | undefined {
  const at = target.indexOf(":");
  return at === -1 ? undefined : target.slice(at + 1);
}

/** True for a text that names a target. */
export function isTarget(text: string): text is Target {
  const [channel, ...name] = text.split(":");
  return CHANNEL_NAMES.some((known) => known === channel) && (name.length === 0 || name.join(":").trim() !== "");
}

/** Targets without repetition, in the order of their channels, then by name. */
export function sortTargets(targets: Iterable<Target>): Target[] {
  return [...new Set(targets)].sort((a, b) => order(a) - order(b) || (a === b ? 0 : a < b ? -1 : 1));
}

/** The targets that an object has keys for. */
export function targetsIn(record: Partial<Record<Target, unknown>>): Target[] {
  return Object.keys(record).filter(isTarget);
}

function order(target: Target): number {
  return CHANNEL_NAMES.indexOf(channelOf(target));
}
