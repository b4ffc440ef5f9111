import type { ErrorTracker, PerformanceTracker } from "@monotask/monitoring";

/** What a worker that uses the snippets has at hand. */
export interface Given {
  readonly env: Env;
  readonly request: Request;
  readonly response: Response;
  readonly requestId: string;
  readonly db: { query(sql: string): Promise<unknown[]> };
  readonly handleRequest: (request: Request, tracker: PerformanceTracker) => Promise<object>;
  readonly operation: () => Promise<void>;
  readonly dbOperation: () => Promise<void>;
  readonly apiCall: () => Promise<Response>;
  readonly userId: string;
  readonly additionalData: Readonly<Record<string, unknown>>;
  readonly errorTracker: ErrorTracker;
  readonly tracker: PerformanceTracker;
  readonly projectId: string;
  readonly workerName: string;
  readonly taskId: string;
  readonly duration: number;
  readonly state: string;
}

/** As wrangler generates it: an interface without an index signature. */
export interface Env {
  readonly ANALYTICS: AnalyticsEngineDataset;
  readonly LOG_LEVEL: "info";
  readonly METRICS_SAMPLING_RATE: "1";
  readonly SLACK_WEBHOOK_URL: string;
  readonly ALERT_EMAIL: "alerts@monotask.dev";
}
