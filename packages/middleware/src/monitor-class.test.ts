import { describe, expect, it } from "vitest";
import { quietConsole, request, world } from "../test/world.ts";
import { monitorDurableObject, monitorEntrypoint } from "./index.ts";

quietConsole();

describe("a monitored class", () => {
  it("monitors events that are properties of its instances", async () => {
    const { env, ctx, workerName, written } = world();
    class Entrypoint {
      readonly #greeting = "hello";
      readonly fetch = async (_request: Request): Promise<Response> => new Response(this.#greeting);
    }
    const entrypoint = new (monitorEntrypoint(Entrypoint as new (ctx: object, env: object) => Entrypoint, { workerName }))(
      ctx,
      env,
    );
    expect(await (await entrypoint.fetch(request())).text()).toBe("hello");
    expect(written("request", "statusCode")).toEqual([["200"]]);
  });

  it("tells an error of its constructor, and throws it on", async () => {
    const { env, ctx, workerName, written, settle } = world();
    const thrown = new Error("Database is gone");
    class Room {
      constructor(_ctx: object, _env: object) {
        throw thrown;
      }
    }
    const Monitored = monitorDurableObject(Room, { workerName });
    let caught: unknown;
    try {
      new Monitored(ctx, env);
    } catch (error) {
      caught = error;
    }
    await settle();
    expect(caught).toBe(thrown);
    expect(written("error", "message", "operation")).toEqual([["Database is gone", "new Room"]]);
  });

  it("takes what its constructor starts for no call", async () => {
    const { env, ctx, workerName, written } = world();
    class Room {
      readonly ready: Promise<string>;
      constructor(_ctx: object, _env: object) {
        this.ready = Promise.resolve().then(() => this.load());
      }
      load(): string {
        return "loaded";
      }
    }
    const room = new (monitorDurableObject(Room, { workerName }))(ctx, env);
    expect(await room.ready).toBe("loaded");
    expect(written("job", "endpoint")).toEqual([]);
    room.load();
    expect(written("job", "endpoint")).toEqual([["Room.load"]]);
  });

  it("that has no name names its jobs by their method", async () => {
    const { env, ctx, workerName, written } = world();
    const Monitored = monitorEntrypoint(
      class {
        constructor(_ctx: object, _env: object) {}
        greet(): string {
          return "hello";
        }
      },
      { workerName },
    );
    expect(new Monitored(ctx, env).greet()).toBe("hello");
    expect(written("job", "endpoint")).toEqual([["greet"]]);
  });
});
