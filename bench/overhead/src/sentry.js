import * as Sentry from "@sentry/cloudflare";
import { app } from "./app.js";

export const sentry = (tracesSampleRate) =>
  Sentry.withSentry((env) => ({ dsn: env.SENTRY_DSN, ...(tracesSampleRate === 0 ? {} : { tracesSampleRate }) }), { ...app });
