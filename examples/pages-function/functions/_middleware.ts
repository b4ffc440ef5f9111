import { requestMonitor } from "@monotask/monitoring";

interface Env {
  readonly ANALYTICS: AnalyticsEngineDataset;
}

const monitored = requestMonitor({ workerName: "pages-example" });

export const onRequest: PagesFunction<Env> = (context) =>
  monitored(context.request as unknown as Request, context.env, context, () => context.next());
