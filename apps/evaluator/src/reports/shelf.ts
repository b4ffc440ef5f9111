import type { ReportKind } from "@monotask/slo";

export interface StoredReport {
  readonly kind: ReportKind;
  readonly fromMinute: number;
  readonly title: string;
  readonly html: string;
  readonly markdown: string;
  readonly isMailed: boolean;
}

/** Where reports are kept: D1, and R2 for people who look there. */
export interface ReportShelf {
  find(kind: ReportKind, fromMinute: number): Promise<StoredReport | undefined>;
  list(): Promise<{ readonly kind: string; readonly fromMinute: number; readonly title: string }[]>;
  keep(report: StoredReport): Promise<void>;
  markMailed(report: StoredReport): Promise<void>;
}

/** @param env its `DB`, and its `REPORTS` bucket where one is bound */
export function createReportShelf(env: { readonly DB: D1Database; readonly REPORTS?: R2Bucket }): ReportShelf {
  return {
    async find(kind, fromMinute) {
      const row = await env.DB.prepare("SELECT title, html, markdown, mailed FROM reports WHERE kind = ? AND from_minute = ?")
        .bind(kind, fromMinute)
        .first<{ title: string; html: string; markdown: string; mailed: number }>();
      if (row === null) return undefined;
      return { kind, fromMinute, title: row.title, html: row.html, markdown: row.markdown, isMailed: row.mailed === 1 };
    },
    async list() {
      const { results } = await env.DB.prepare(
        "SELECT kind, from_minute, title FROM reports ORDER BY from_minute DESC LIMIT 100",
      ).all<{
        kind: string;
        from_minute: number;
        title: string;
      }>();
      return results.map((row) => ({ kind: row.kind, fromMinute: row.from_minute, title: row.title }));
    },
    async keep({ kind, fromMinute, title, html, markdown }) {
      const day = new Date(fromMinute * 60_000).toISOString().slice(0, 10);
      // R2 first: the row says that all of it is done, and writing an object twice leaves it as it is.
      await env.REPORTS?.put(`reports/${kind}/${day}.html`, html, { httpMetadata: { contentType: "text/html; charset=utf-8" } });
      await env.REPORTS?.put(`reports/${kind}/${day}.md`, markdown, {
        httpMetadata: { contentType: "text/markdown; charset=utf-8" },
      });
      await env.DB.prepare("INSERT OR IGNORE INTO reports (kind, from_minute, title, html, markdown) VALUES (?, ?, ?, ?, ?)")
        .bind(kind, fromMinute, title, html, markdown)
        .run();
    },
    async markMailed({ kind, fromMinute }) {
      await env.DB.prepare("UPDATE reports SET mailed = 1 WHERE kind = ? AND from_minute = ?").bind(kind, fromMinute).run();
    },
  };
}
