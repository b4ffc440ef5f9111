import { ACTION_PATH, handleActionPage, handlePagerDutyHook } from "@monotask/alerts";
import { propertyOf, readSettings } from "@monotask/telemetry";
import type { ApiArea } from "./area.ts";

/** What comes from outside without a token: PagerDuty, guarded by its signature, and the pages behind signed links in messages. */
export const alertHooks: ApiArea = (api, { env, alerts }) => {
  api.all("/hooks/pagerduty", (c) =>
    handlePagerDutyHook(c.req.raw, { secret: secretOf(env, "PAGERDUTY_WEBHOOK_SECRET"), alerts }),
  );
  api.all(ACTION_PATH, (c) =>
    handleActionPage(c.req.raw, { secret: secretOf(env, "ALERT_LINK_SECRET"), alerts, nowMs: readSettings(env).clock.now() }),
  );
};

function secretOf(env: object, name: string): string | undefined {
  const value = propertyOf(env, name);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
