import { byteLength } from "@monotask/telemetry";
import { truncateBytes } from "../../model/text.ts";
import type { Notification } from "../../notification/notification.ts";
import {
  alertCount,
  alertLine,
  firstCheck,
  headline,
  icon,
  linksOf,
  measureText,
  reasonLine,
  sampleText,
  situationLine,
  subjectLine,
} from "../../notification/words.ts";

/** Text in Slack's markup. */
export interface SlackText {
  type: "mrkdwn";
  text: string;
}

/** The two kinds of Block Kit blocks that are used here (checked against `@slack/types` in the tests). */
export type SlackBlock = { type: "section"; text: SlackText } | { type: "context"; elements: SlackText[] };

/** What a Slack incoming webhook takes. */
export interface SlackMessage {
  /** What notifications and screen readers show. */
  text: string;
  blocks: SlackBlock[];
}

/**
 * Bytes for each part, as escaped. Slack takes 3,000 characters in a section and has refused messages of about 11,000 in all;
 * together these stay under 9,000. A list is cut to whole lines.
 */
const MAX_BYTES = {
  headline: 700,
  situation: 300,
  description: 1_400,
  list: 3_500,
  sample: 600,
  check: 600,
  notes: 500,
  link: 600,
};
/** Slack's limit for one section's text. */
const MAX_SECTION_BYTES = 2_900;

/** The notification as a Slack message of at most a dozen blocks. */
export function renderSlack(notification: Notification): SlackMessage {
  return {
    text: escaped(`${icon(notification)} ${subjectLine(notification)}`, 300),
    blocks: [
      title(notification),
      ...figures(notification),
      ...list(notification),
      ...help(notification),
      ...footer(notification),
    ],
  };
}

function title(notification: Notification): SlackBlock {
  const what = escaped(headline(notification), MAX_BYTES.headline);
  return section(
    `${icon(notification)} *${what.replaceAll("*", "∗")}* — ${escaped(situationLine(notification), MAX_BYTES.situation)}`,
  );
}

function figures(notification: Notification): SlackBlock[] {
  const [first] = notification.alerts;
  const measure = first && alertCount(notification) === 1 ? measureText(first) : undefined;
  const lines = [reasonLine(notification), first?.signal.description, measure].filter(
    (line) => line !== undefined && line !== "",
  );
  return lines.length === 0 ? [] : [section(escaped(lines.join("\n"), MAX_BYTES.description))];
}

/** A line for each alert of an outage of several, in as many sections as they need. */
function list(notification: Notification): SlackBlock[] {
  if (alertCount(notification) === 1) return [];
  const sections: string[] = [];
  let listed = 0;
  let left = MAX_BYTES.list;
  for (const alert of notification.alerts) {
    const line = `• ${escaped(alertLine(alert, notification), 400)}`;
    left -= byteLength(line) + 1;
    if (left < 0) break;
    listed += 1;
    const last = sections.at(-1);
    if (last !== undefined && byteLength(last) + byteLength(line) < MAX_SECTION_BYTES)
      sections[sections.length - 1] = `${last}\n${line}`;
    else sections.push(line);
  }
  const unlisted = alertCount(notification) - listed;
  return [...sections.map(section), ...(unlisted > 0 ? [context(`and ${unlisted} more`)] : [])];
}

function help(notification: Notification): SlackBlock[] {
  if (notification.kind === "resolved") return [];
  const sample = sampleText(notification);
  const check = firstCheck(notification);
  return [
    ...(sample === undefined ? [] : [section(`*Example:* \`${escaped(sample.replaceAll("`", "'"), MAX_BYTES.sample)}\``)]),
    ...(check === undefined ? [] : [section(`*First check:* ${escaped(check, MAX_BYTES.check)}`)]),
  ];
}

function footer(notification: Notification): SlackBlock[] {
  const links = linksOf(notification).flatMap(link);
  const notes = notification.notes.map((note) => `Not told: ${note}`).join("\n");
  return [
    ...(links.length === 0 ? [] : [context(links.join(" · "))]),
    ...(notes === "" ? [] : [context(escaped(notes, MAX_BYTES.notes))]),
  ];
}

/** A link, or none where its address is too long: a cut one would lead nowhere. */
function link({ text, url }: { text: string; url: string }): string[] {
  const address = escaped(url.replaceAll("|", "%7C"), Infinity);
  return byteLength(address) <= MAX_BYTES.link ? [`<${address}|${text}>`] : [];
}

function section(text: string): SlackBlock {
  return { type: "section", text: { type: "mrkdwn", text } };
}

function context(text: string): SlackBlock {
  return { type: "context", elements: [{ type: "mrkdwn", text }] };
}

/** Slack's three control characters as entities, so that no text can mention a channel or forge a link. */
function escaped(text: string, maxBytes: number): string {
  return truncateBytes(text, maxBytes, (character) => ENTITIES[character] ?? character);
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
