import { initWorkersLogger, withEvlog } from "evlog/workers";
import { app } from "../src/app.js";

initWorkersLogger({ env: { service: "bench" } });

export default withEvlog((request, env, ctx) => app.fetch(request, env, ctx), { drain: () => undefined });
