import {
  DurableObject,
  RpcTarget,
  WorkerEntrypoint,
  WorkflowEntrypoint,
  type WorkflowEvent,
  type WorkflowStep,
} from "cloudflare:workers";
import { monitor, monitorDurableObject, monitorEntrypoint, monitorWorkflow } from "../src/index.ts";
import { scenarios } from "./scenarios.ts";

/** Bindings of test/wrangler.jsonc. */
export interface TestEnv {
  readonly ANALYTICS: AnalyticsEngineDataset;
  readonly CACHE: KVNamespace;
  readonly DB: D1Database;
  readonly FILES: R2Bucket;
  readonly JOBS: Queue;
  readonly IMPORTS: Workflow<ImportParams>;
  readonly ROOMS: DurableObjectNamespace<RoomObject>;
  readonly RAW: Fetcher;
  readonly MONITORED: Fetcher;
  readonly GREETER: Service<GreeterEntrypoint>;
}

const WORKER_NAME = "middleware-test";

export const handler = {
  fetch(request: Request, env: TestEnv, ctx: ExecutionContext): Response | Promise<Response> {
    const scenario = scenarios[new URL(request.url).pathname];
    return scenario ? scenario(request, env, ctx) : new Response("no scenario", { status: 404 });
  },
};

export const monitored: typeof handler = monitor(handler, { workerName: WORKER_NAME });

export class Raw extends WorkerEntrypoint<TestEnv> {
  override fetch(request: Request): Response | Promise<Response> {
    return handler.fetch(request, this.env, this.ctx);
  }
}

export class Monitored extends WorkerEntrypoint<TestEnv> {
  override fetch(request: Request): Response | Promise<Response> {
    return monitored.fetch(request, this.env, this.ctx);
  }
}

class Counter extends RpcTarget {
  #count = 0;
  next(): number {
    return (this.#count += 1);
  }
}

export class GreeterEntrypoint extends WorkerEntrypoint<TestEnv> {
  async greet(name: string): Promise<string> {
    await this.env.CACHE.get(`greeting-${name}`);
    return this.#polite(name);
  }
  counter(): Counter {
    return new Counter();
  }
  respond(): Response {
    return new Response("from rpc", { status: 201 });
  }
  async askedBy(service: Fetcher): Promise<string> {
    return (await service.fetch("https://self.test/text")).text();
  }
  fails(): never {
    throw new RangeError("no greeting");
  }
  #polite(name: string): string {
    return `hello ${name}`;
  }
}

export const Greeter: typeof GreeterEntrypoint = monitorEntrypoint(GreeterEntrypoint, { workerName: WORKER_NAME });

export class RoomObject extends DurableObject<TestEnv> {
  override async fetch(request: Request): Promise<Response> {
    await this.env.CACHE.get("room");
    if (request.headers.get("upgrade") === "websocket") {
      const { 0: client, 1: server } = new WebSocketPair();
      this.ctx.acceptWebSocket(server);
      return new Response(null, { status: 101, webSocket: client });
    }
    return new Response(`room ${new URL(request.url).pathname}`);
  }
  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    await this.env.CACHE.get("said");
    socket.send(`heard ${typeof message === "string" ? message : "bytes"}`);
  }
  async size(): Promise<number> {
    return (await this.ctx.storage.get<number>("size")) ?? 0;
  }
  async grow(by: number): Promise<number> {
    const size = (await this.size()) + by;
    await this.ctx.storage.put("size", size);
    return size;
  }
  override async alarm(): Promise<void> {
    await this.grow(10);
  }
}

export const Room: typeof RoomObject = monitorDurableObject(RoomObject, { workerName: WORKER_NAME });

export interface ImportParams {
  /** How many attempts of the step fail; beyond two the run fails. */
  readonly failures: number;
}

export class ImportWorkflow extends WorkflowEntrypoint<TestEnv, ImportParams> {
  override async run({ payload }: Readonly<WorkflowEvent<ImportParams>>, step: WorkflowStep): Promise<number> {
    const retries = { limit: 2, delay: 1, backoff: "constant" } as const;
    return step.do("fetch", { retries }, async ({ attempt }) => {
      await this.env.CACHE.get("import");
      if (attempt <= payload.failures) throw new RangeError(`attempt ${attempt} failed`);
      return attempt;
    });
  }
}

export const Import: typeof ImportWorkflow = monitorWorkflow(ImportWorkflow, { workerName: WORKER_NAME });

export default monitored;
