import { AsyncLocalStorage } from "node:async_hooks";
import { app } from "../src/app.js";

const storage = new AsyncLocalStorage();

export default { fetch: (request, env, ctx) => storage.run({ request }, () => app.fetch(request, env, ctx)) };
