import { LOCAL_CREDENTIALS } from "@monotask/cli/local";
import { sqlUrlOf, type Addresses } from "../stack/addresses.ts";

export type SqlRow = Readonly<Record<string, string | number>>;

/** What the proof reads beside the page, from the same stack: by SQL written by hand, and of the evaluator. */
export interface Reads {
  rows(sql: string): Promise<readonly SqlRow[]>;
  writePoints(lines: readonly string[]): Promise<void>;
  /** A resource of the evaluator's API, as the app reads it. */
  evaluator<T>(path: string): Promise<T>;
  /** `stored` until a person decides about a dead letter. */
  stateOfLetter(id: string): Promise<string | undefined>;
  sandboxes(): Promise<readonly { readonly id: string; readonly owner: string }[]>;
  /** Statements that the SQL API got for one look at a section. */
  queriesOf(sectionId: string, fromMs: number, toMs: number): Promise<number>;
}

const ANALYTICS = { authorization: `Bearer ${LOCAL_CREDENTIALS.analyticsToken}` };

export function createReads(addresses: Addresses): Reads {
  const evaluator = async <T>(path: string): Promise<T> =>
    JSON.parse(await textOf(await fetch(`${addresses.dashboard}/api/evaluator/${path}`), path)) as T;
  return {
    evaluator,
    async rows(sql) {
      const response = await fetch(sqlUrlOf(addresses), { method: "POST", headers: ANALYTICS, body: `${sql} FORMAT JSON` });
      const { data } = JSON.parse(await textOf(response, sql)) as { data: SqlRow[] };
      return data;
    },
    async writePoints(lines) {
      const url = `${addresses.analytics}/datasets/monotask/points`;
      await textOf(await fetch(url, { method: "POST", headers: ANALYTICS, body: lines.join("\n") }), url);
    },
    async stateOfLetter(id) {
      return (await evaluator<{ letters: readonly { state: string }[] }>(`queues/dlq/${id}`)).letters[0]?.state;
    },
    async sandboxes() {
      return (await evaluator<{ sandboxes: readonly { id: string; owner: string }[] }>("sandboxes")).sandboxes;
    },
    async queriesOf(sectionId, fromMs, toMs) {
      const path = `/api/sections/${sectionId}?from=${fromMs}&to=${toMs}`;
      const text = await textOf(await fetch(`${addresses.dashboard}${path}`), path);
      return (JSON.parse(text) as { queries: number }).queries;
    },
  };
}

async function textOf(response: Response, what: string): Promise<string> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${what}\n${response.status}: ${text}`);
  return text;
}
