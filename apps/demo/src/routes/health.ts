import { Hono } from "hono";
import { storeOf, type AppEnv, type Edges } from "../edges.ts";

/** Whether the API can do its work: 200 when the database answers, else 503. */
export function healthRoutes(edges: Edges): Hono<AppEnv> {
  return new Hono<AppEnv>().get("/", async (c) => {
    const isDatabaseUp = await answers(() => storeOf(c, edges).ping());
    const body = {
      status: isDatabaseUp ? "ok" : "down",
      version: c.env.CF_VERSION_METADATA.id,
      checks: { database: isDatabaseUp ? "ok" : "down" },
    };
    return c.json(body, isDatabaseUp ? 200 : 503);
  });
}

async function answers(check: () => Promise<void>): Promise<boolean> {
  try {
    await check();
    return true;
  } catch {
    return false;
  }
}
