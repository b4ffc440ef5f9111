import type { DeadLetterDesk, ListRequest, RedriveRequest } from "@monotask/queue/dead-letters";
import { WorkerEntrypoint } from "cloudflare:workers";
import { deadLetterDesk } from "./desk.ts";

/** The dead letters over RPC: `services: [{ binding, service: "monotask-evaluator", entrypoint: "DeadLetters" }]`. */
export class DeadLetters extends WorkerEntrypoint<Env> implements DeadLetterDesk {
  list(request?: ListRequest): ReturnType<DeadLetterDesk["list"]> {
    return deadLetterDesk(this.env).list(request);
  }
  show(id: string, queue?: string): ReturnType<DeadLetterDesk["show"]> {
    return deadLetterDesk(this.env).show(id, queue);
  }
  groups(): ReturnType<DeadLetterDesk["groups"]> {
    return deadLetterDesk(this.env).groups();
  }
  redrive(request: RedriveRequest): ReturnType<DeadLetterDesk["redrive"]> {
    return deadLetterDesk(this.env).redrive(request);
  }
  drop(request: Parameters<DeadLetterDesk["drop"]>[0]): ReturnType<DeadLetterDesk["drop"]> {
    return deadLetterDesk(this.env).drop(request);
  }
  tidy(): ReturnType<DeadLetterDesk["tidy"]> {
    return deadLetterDesk(this.env).tidy();
  }
}
