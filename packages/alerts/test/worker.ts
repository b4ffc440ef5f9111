import { WorkerEntrypoint } from "cloudflare:workers";
import type { EmailMessage } from "../src/index.ts";

export { AlertManager } from "../src/durable-object/index.ts";

/** Mails that were sent; the tests run in the same isolate and read it. */
export const sentMails: EmailMessage[] = [];

/** What Email Service does with a mail before it takes it; tests make it throw or hang. */
export const emailService: { meets: (message: EmailMessage) => Promise<void> } = { meets: async () => undefined };

/** Takes mails in the place of Email Service. */
export class EmailSink extends WorkerEntrypoint {
  async send(message: EmailMessage): Promise<{ messageId: string }> {
    await emailService.meets(message);
    sentMails.push(message);
    return { messageId: `mail-${sentMails.length}` };
  }
}

export default {
  fetch(): Response {
    return new Response("alerts-test");
  },
};
