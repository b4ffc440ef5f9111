import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { quietConsole, request, world, type World } from "../test/world.ts";
import { monitor, monotask } from "./index.ts";

quietConsole();

describe("monotask() in Hono", () => {
  it("names the matched route pattern", async () => {
    const { env, ctx, workerName, written } = world();
    const tasks = new Hono().get("/:name", (c) => c.text(c.req.param("name")));
    const app = new Hono();
    app.use(monotask());
    app.use("/api/*", (_c, next) => next());
    app.route("/api/tasks", tasks);
    await monitor(app, { workerName }).fetch(request("/api/tasks/groceries"), env, fullContext(ctx));
    expect(written("request", "endpoint")).toEqual([["/api/tasks/:name"]]);
  });

  it.each([
    ["a handler at a pattern that ends in *", "/files/a/b.txt", "/files/*"],
    ["a handler of every method at such a pattern", "/proxy/any/where", "/proxy/*"],
    ["the first of two handlers that match", "/notes/new", "/notes/:id"],
    ["a middleware that answers before the handler", "/admin/users", "/admin/users"],
  ])("names the pattern of %s", async (_what, path, pattern) => {
    const { env, ctx, workerName, written } = world();
    const app = new Hono().use(monotask()).use("/admin/*", async (c) => c.text("who are you?", 401));
    app.get("/files/*", (c) => c.text("file")).all("/proxy/*", (c) => c.text("proxied"));
    app.get("/notes/:id", (c) => c.text("note")).get("/notes/new", (c) => c.text("never"));
    app.get("/admin/users", (c) => c.text("users"));
    await monitor(app, { workerName }).fetch(request(path), env, fullContext(ctx));
    expect(written("request", "endpoint")).toEqual([[pattern]]);
  });

  it("names the pattern of a handler whose throw Hono does not catch", async () => {
    const { env, ctx, workerName, written } = world();
    const app = new Hono().use(monotask()).get("/tasks/:name", () => {
      throw "a text";
    });
    await expect(monitor(app, { workerName }).fetch(request("/tasks/groceries"), env, fullContext(ctx))).rejects.toBe("a text");
    expect(written("request", "endpoint", "outcome")).toEqual([["/tasks/:name", "exception"]]);
  });

  it("hands over the error that a sub-app's own onError answered", async () => {
    const { env, ctx, workerName, written, settle } = world();
    const tasks = new Hono().get("/:name", () => {
      throw new Error("Database is gone");
    });
    tasks.onError((_error, c) => c.text("sorry", 503));
    const app = new Hono().use(monotask()).route("/tasks", tasks);
    const answer = await monitor(app, { workerName }).fetch(request("/tasks/groceries"), env, fullContext(ctx));
    await settle();
    expect(answer.status).toBe(503);
    expect(written("error", "message", "endpoint")).toEqual([["Database is gone", "/tasks/:name"]]);
  });

  it("hands over the error that Hono caught", async () => {
    const { env, ctx, workerName, written, settle } = world();
    const app = new Hono();
    app.use(monotask());
    app.get("/fails", () => {
      throw new Error("Database is gone");
    });
    app.onError((_error, c) => c.text("sorry", 500));
    await monitor(app, { workerName }).fetch(request("/fails"), env, fullContext(ctx));
    await settle();
    expect(written("error", "message", "category", "endpoint")).toEqual([["Database is gone", "database", "/fails"]]);
  });
});

function fullContext(ctx: World["ctx"]): ExecutionContext {
  return { ...ctx, passThroughOnException: () => undefined, props: {} } as unknown as ExecutionContext;
}
