import { hash64 } from "@monotask/telemetry";
import type { Notification } from "../../notification/notification.ts";
import { escapeHtml } from "../../pages/html.ts";
import { figureLines, findings, inhibitedLine } from "../../notification/findings.ts";
import {
  commandLine,
  icon,
  linksOf,
  listLines,
  reasonLine,
  situationLine,
  subjectLine,
  titleText,
} from "../../notification/words.ts";

/** A mail without its addresses. */
export interface EmailContent {
  subject: string;
  text: string;
  html: string;
  /** Local part of the message id that every mail of the group refers to, so that they make one thread. */
  threadId: string;
  notificationId: string;
}

/** The notification as a mail, text first. */
export function renderEmail(notification: Notification): EmailContent {
  const parts = paragraphs(notification);
  return {
    subject: subjectLine(notification),
    text: [...parts.map(asText), ""].join("\n\n"),
    html: `<!doctype html><html lang="en"><body>${parts.map(asHtml).join("")}</body></html>`,
    threadId: `alert-${hash64(notification.groupKey)}`,
    notificationId: notification.id,
  };
}

/** The message in pieces that both forms are written from. */
type Paragraph =
  | { kind: "title"; text: string }
  | { kind: "plain"; text: string; label?: string }
  | { kind: "list"; lines: string[] }
  | { kind: "links"; links: { text: string; url: string }[] };

function paragraphs(notification: Notification): Paragraph[] {
  const lines = listLines(notification);
  const links = linksOf(notification);
  return [
    { kind: "title", text: `${icon(notification)} ${titleText(notification)}` },
    { kind: "plain", text: situationLine(notification) },
    ...plain(reasonLine(notification)),
    ...figureLines(notification).flatMap((line) => plain(line)),
    ...(lines.length === 0 ? [] : [{ kind: "list" as const, lines }]),
    ...findings(notification).flatMap(({ label, code, text }) => plain([code, text].filter(Boolean).join(" "), label)),
    ...plain(inhibitedLine(notification)),
    ...(links.length === 0 ? [] : [{ kind: "links" as const, links }]),
    ...plain(commandLine(notification)),
    ...notification.notes.flatMap((note) => plain(note)),
  ];
}

function plain(text: string | undefined, label?: string): Paragraph[] {
  if (text === undefined || text === "") return [];
  return [{ kind: "plain", text, ...(label !== undefined && { label }) }];
}

function asText(part: Paragraph): string {
  switch (part.kind) {
    case "title":
      return part.text;
    case "plain":
      return part.label === undefined ? part.text : `${part.label}: ${part.text}`;
    case "list":
      return part.lines.map((line) => `- ${line}`).join("\n");
    case "links":
      return part.links.map(({ text, url }) => `${text}: ${url}`).join("\n");
  }
}

function asHtml(part: Paragraph): string {
  switch (part.kind) {
    case "title":
      return `<h2>${escapeHtml(part.text)}</h2>`;
    case "plain":
      return `<p>${part.label === undefined ? "" : `<b>${part.label}:</b> `}${escapeHtml(part.text)}</p>`;
    case "list":
      return `<ul>${part.lines.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul>`;
    case "links":
      return `<p>${part.links.map(({ text, url }) => `<a href="${escapeHtml(url)}">${text}</a>`).join(" · ")}</p>`;
  }
}
