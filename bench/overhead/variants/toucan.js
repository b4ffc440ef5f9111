import { Toucan } from "toucan-js";
import { app } from "../src/app.js";

export default {
  async fetch(request, env, ctx) {
    const sentry = new Toucan({ dsn: env.SENTRY_DSN, context: ctx, request });
    try {
      return await app.fetch(request, env, ctx);
    } catch (error) {
      sentry.captureException(error);
      throw error;
    }
  },
};
