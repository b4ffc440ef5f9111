import { instrument } from "@microlabs/otel-cf-workers";
import { app } from "../src/app.js";

export default instrument({ ...app }, (env) => ({
  exporter: { url: env.OTLP_URL },
  service: { name: "bench" },
}));
