import type { Notification } from "../notification/notification.ts";
import { hmacHex, isHmacHex } from "../signature/hmac.ts";

/** What a link in a message leads to. */
export type Action = "acknowledge" | "silence";

/** An action on a group, as a link carries it. */
export interface ActionLink {
  action: Action;
  groupKey: string;
  /** Epoch ms after which the link is void. */
  untilMs: number;
}

/** Where the pages are, and the secret that signs their links. */
export interface LinkSecrets {
  /** The evaluator's address. */
  baseUrl: string;
  secret: string;
}

/** Path of the pages. */
export const ACTION_PATH = "/alerts/act";
/** Links of an old message are void: whoever finds one in an archive can do nothing with it. */
const LINK_MS = 24 * 3_600_000;

/** Signed links to the pages that acknowledge and silence the group of a notification; none where nothing is open. */
export async function actionLinks(
  notification: Notification,
  { baseUrl, secret }: LinkSecrets,
): Promise<{ text: string; url: string }[]> {
  if (notification.kind !== "firing" && notification.kind !== "notice") return [];
  const untilMs = notification.decidedAtMs + LINK_MS;
  const link = (action: Action): Promise<string> =>
    signedUrl(baseUrl, { action, groupKey: notification.groupKey, untilMs }, secret);
  return [
    { text: "Acknowledge", url: await link("acknowledge") },
    { text: "Silence 1 h", url: await link("silence") },
  ];
}

/** Reads a link. Undefined for one that is forged, void or malformed. */
export async function readActionLink(url: URL, secret: string, nowMs: number): Promise<ActionLink | undefined> {
  const { searchParams } = url;
  const action = searchParams.get("do");
  const groupKey = searchParams.get("group") ?? "";
  const untilMs = Number(searchParams.get("until"));
  if ((action !== "acknowledge" && action !== "silence") || groupKey === "" || !(untilMs > nowMs)) return undefined;
  const isOurs = await isHmacHex(secret, signedText({ action, groupKey, untilMs }), searchParams.get("sig") ?? "");
  return isOurs ? { action, groupKey, untilMs } : undefined;
}

async function signedUrl(baseUrl: string, link: ActionLink, secret: string): Promise<string> {
  const url = new URL(ACTION_PATH, baseUrl);
  url.searchParams.set("do", link.action);
  url.searchParams.set("group", link.groupKey);
  url.searchParams.set("until", String(link.untilMs));
  url.searchParams.set("sig", await hmacHex(secret, signedText(link)));
  return url.href;
}

function signedText({ action, groupKey, untilMs }: ActionLink): string {
  return JSON.stringify([action, groupKey, untilMs]);
}
