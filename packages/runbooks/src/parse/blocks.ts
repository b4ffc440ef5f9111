import type { Section } from "../model.ts";

/** A fenced block of the page, with the heading it stands under. */
export interface Block {
  /** What stands behind the opening fence. */
  readonly info: string;
  readonly text: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly path: readonly string[];
}

export interface Page {
  readonly frontMatter: string | undefined;
  readonly title: string | undefined;
  readonly sections: readonly Section[];
  readonly blocks: readonly Block[];
}

const FENCE = /^(`{3,}|~{3,})\s*(.*)$/;
const HEADING = /^(#{1,6})\s+(.+?)\s*#*\s*$/;

/** The headings and fenced blocks of a Markdown page. */
export function pageOf(text: string): Page {
  const lines = text.split(/\r?\n/);
  const sections: Section[] = [];
  const blocks: Block[] = [];
  let title: string | undefined;
  let trail: { depth: number; title: string }[] = [];
  let at = 0;
  let frontMatter: string | undefined;
  if (lines[0] === "---") {
    const end = lines.indexOf("---", 1);
    if (end > 0) {
      frontMatter = lines.slice(1, end).join("\n");
      at = end + 1;
    }
  }
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const [, fence, info = ""] = FENCE.exec(line) ?? [];
    if (fence !== undefined) {
      const end = lines.findIndex(
        (other, index) => index > at && other.trim().startsWith(fence) && other.trim().replaceAll(fence[0] ?? "", "") === "",
      );
      const last = end < 0 ? lines.length : end;
      blocks.push({
        info: info.trim(),
        text: lines.slice(at + 1, last).join("\n"),
        line: at + 1,
        path: trail.map((one) => one.title),
      });
      at = last;
      continue;
    }
    const [, hashes, heading = ""] = HEADING.exec(line) ?? [];
    if (hashes === undefined) continue;
    const depth = hashes.length;
    if (depth === 1) {
      title ??= heading;
      continue;
    }
    trail = [...trail.filter((one) => one.depth < depth), { depth, title: heading }];
    sections.push({ title: heading, depth, path: trail.map((one) => one.title) });
  }
  return { frontMatter, title, sections, blocks };
}
