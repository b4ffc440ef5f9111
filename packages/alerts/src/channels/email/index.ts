import type { Channel } from "../channel.ts";
import { deliverEmail } from "./deliver.ts";
import { renderEmail, type EmailContent } from "./render.ts";

/** E-mail, through Cloudflare's `send_email` binding `EMAIL`. */
export const email: Channel<EmailContent> = {
  name: "email",
  missing({ settings, email: binding }) {
    if (settings.alertEmail === undefined) return "not configured, set ALERT_EMAIL";
    return binding === undefined ? "not configured, bind EMAIL (send_email)" : undefined;
  },
  render: renderEmail,
  deliver: deliverEmail,
};

export type { EmailContent };
