import { byteLength } from "@monotask/telemetry";
import { truncateBytes } from "../../model/text.ts";
import type { Notification } from "../../notification/notification.ts";
import { figureLines, findings, inhibitedLine, type Finding } from "../../notification/findings.ts";
import { clockText, durationText } from "../../notification/figures.ts";
import {
  commandLine,
  endOf,
  icon,
  linksOf,
  listLines,
  reasonLine,
  situationWords,
  subjectLine,
  titleText,
} from "../../notification/words.ts";

/** Text in Slack's markup. */
export interface SlackText {
  type: "mrkdwn";
  text: string;
}

/** The two kinds of Block Kit blocks that are used here (checked against `@slack/types` in the tests). */
export type SlackBlock = SlackSection | { type: "context"; elements: SlackText[] };

/** A block of text; the first of a message carries the notification's id. */
export interface SlackSection {
  type: "section";
  text: SlackText;
  block_id?: string;
}

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
  headline: 600,
  situation: 200,
  description: 1_000,
  list: 3_400,
  sample: 300,
  check: 400,
  label: 100,
  notes: 400,
  command: 300,
  inhibited: 300,
  link: 600,
  links: 1_200,
};
/** Slack's limit for the name of a block. */
const MAX_BLOCK_ID_BYTES = 255;
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
  const what = escaped(titleText(notification), MAX_BYTES.headline);
  const [worker, severity] = situationWords(notification);
  const who = worker === undefined ? "" : `\`${escaped(worker.replaceAll("`", "'"), MAX_BYTES.situation)}\`, ${severity}, `;
  const block = section(`${icon(notification)} *${what.replaceAll("*", "∗")}* — ${who}${when(notification)}`);
  // Nobody sees it; whoever looks at a message that came twice finds that it is one.
  return { ...block, block_id: truncateBytes(notification.id, MAX_BLOCK_ID_BYTES) };
}

/** `since 04:12 (03:12 UTC, 3 min)`: the reader's own time, then UTC. */
function when(notification: Notification): string {
  const { startsAtMs, decidedAtMs, kind } = notification;
  if (kind !== "resolved") {
    return `since ${localTime(startsAtMs, decidedAtMs)} (${clockText(startsAtMs, decidedAtMs)}, ${durationText(decidedAtMs - startsAtMs)})`;
  }
  const endedAtMs = endOf(notification);
  const span = `${clockText(startsAtMs, decidedAtMs)} to ${clockText(endedAtMs, decidedAtMs)}`;
  return `lasted ${durationText(endedAtMs - startsAtMs)}, over since ${localTime(endedAtMs, decidedAtMs)} (${span})`;
}

/** A time that Slack shows in the reader's zone; the text behind the bar is for readers that cannot. */
function localTime(atMs: number, nowMs: number): string {
  const format = nowMs - atMs < 12 * 3_600_000 ? "{time}" : "{date_short} {time}";
  return `<!date^${Math.floor(atMs / 1000)}^${format}|${clockText(atMs, nowMs)}>`;
}

function figures(notification: Notification): SlackBlock[] {
  const lines = [reasonLine(notification) ?? "", ...figureLines(notification)].filter((line) => line !== "");
  return lines.length === 0 ? [] : [section(escaped(lines.join("\n"), MAX_BYTES.description))];
}

/** A line for each alert of an outage of several, in as many sections as they need. */
function list(notification: Notification): SlackBlock[] {
  const lines = listLines(notification);
  const sections: string[] = [];
  let listed = 0;
  let left = MAX_BYTES.list;
  for (const text of lines) {
    const line = `• ${escaped(text, 400)}`;
    left -= byteLength(line) + 1;
    if (left < 0) break;
    listed += 1;
    const last = sections.at(-1);
    if (last !== undefined && byteLength(last) + byteLength(line) < MAX_SECTION_BYTES)
      sections[sections.length - 1] = `${last}\n${line}`;
    else sections.push(line);
  }
  const unlisted = lines.length - listed;
  return [...sections.map(section), ...(unlisted > 0 ? [context(`and ${unlisted} more lines`)] : [])];
}

function help(notification: Notification): SlackBlock[] {
  const all = findings(notification);
  const [firstError] = all.filter(({ kind }) => kind === "error");
  // Beside a long list one error is enough to know it by.
  const shown = listLines(notification).length > 5 ? all.filter((one) => one.kind === "check" || one === firstError) : all;
  return shown.map((finding) => section(findingText(finding)));
}

function findingText({ label, code, text }: Finding): string {
  const shown = code === undefined ? "" : ` \`${escaped(code.replaceAll("`", "'"), MAX_BYTES.sample)}\``;
  return `*${escaped(label, MAX_BYTES.label)}:*${shown} ${escaped(text, MAX_BYTES.check)}`.trimEnd();
}

function footer(notification: Notification): SlackBlock[] {
  const links = within(linksOf(notification).flatMap(link), MAX_BYTES.links);
  const inhibited = inhibitedLine(notification);
  const notes = notification.notes.join("\n");
  const command = commandLine(notification);
  return [
    ...(inhibited === undefined ? [] : [context(escaped(inhibited, MAX_BYTES.inhibited))]),
    ...(links.length === 0 ? [] : [context(links.join(" · "))]),
    ...(command === undefined ? [] : [context(escaped(command, MAX_BYTES.command))]),
    ...(notes === "" ? [] : [context(escaped(notes, MAX_BYTES.notes))]),
  ];
}

/** A link, or none where its address is too long: a cut one would lead nowhere. */
function link({ text, url }: { text: string; url: string }): string[] {
  const address = escaped(url.replaceAll("|", "%7C"), Infinity);
  return byteLength(address) <= MAX_BYTES.link ? [`<${address}|${text}>`] : [];
}

/** As many texts, from the first, as fit. */
function within(texts: readonly string[], maxBytes: number): string[] {
  let left = maxBytes;
  return texts.filter((text) => (left -= byteLength(text) + 3) >= 0);
}

function section(text: string): SlackSection {
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
