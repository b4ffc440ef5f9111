import { WorkerEntrypoint } from "cloudflare:workers";
import { checkDataPoint } from "@monotask/analytics-engine-local/dataset";

interface SinkEnv {
  /** Base address of the local Analytics Engine. */
  readonly ANALYTICS_URL: string;
  readonly ANALYTICS_TOKEN: string;
  readonly INBOX_URL: string;
}

/** Set by each binding: which dataset its points go to. */
interface SinkProps {
  readonly dataset: string;
}

/** Stands for an Analytics Engine binding. Called over RPC, so it can only reject where production throws. */
export class AnalyticsSink extends WorkerEntrypoint<SinkEnv, SinkProps> {
  /**
   * Stores one point in the local Analytics Engine.
   * @throws TypeError where production's `writeDataPoint` throws; Error when the local Analytics Engine does not take the point
   */
  async writeDataPoint(point?: unknown): Promise<void> {
    const check = checkDataPoint(point);
    if (!check.ok) throw check.error;
    const url = `${this.env.ANALYTICS_URL}/datasets/${this.ctx.props.dataset}/points`;
    await post(url, JSON.stringify(point ?? {}), { authorization: `Bearer ${this.env.ANALYTICS_TOKEN}` });
  }
}

/** Stands for a `send_email` binding: mails land in the local inbox. */
export class EmailSink extends WorkerEntrypoint<SinkEnv> {
  /** @throws Error when the inbox does not take the mail */
  async send(message: unknown): Promise<void> {
    await post(`${this.env.INBOX_URL}/email`, JSON.stringify(message), { "content-type": "application/json" });
  }
}

const nothingHere: ExportedHandler = { fetch: () => new Response("This worker is called over RPC only.", { status: 404 }) };

export default nothingHere;

async function post(url: string, body: string, headers: Record<string, string>): Promise<void> {
  const response = await reached(() => fetch(url, { method: "POST", body, headers }));
  const text = await response.text();
  if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status}: ${text.slice(0, 300)}`);
}

/** Production's datasets do not go away: a server that is being started again gets what it missed. */
async function reached(send: () => Promise<Response>): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (attempt === MOST_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

const RETRY_MS = 250;
const MOST_ATTEMPTS = 60;
