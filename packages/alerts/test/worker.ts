import { WorkerEntrypoint } from "cloudflare:workers";
import type { EmailMessage } from "../src/index.ts";

export { AlertManager } from "../src/durable-object/index.ts";

/** Mails that were sent; the tests run in the same isolate and read it. */
export const sentMails: EmailMessage[] = [];

/** Takes mails in the place of Email Service. */
export class EmailSink extends WorkerEntrypoint {
  async send(message: EmailMessage): Promise<{ messageId: string }> {
    sentMails.push(message);
    return { messageId: `mail-${sentMails.length}` };
  }
}

export default {
  fetch(): Response {
    return new Response("alerts-test");
  },
};
