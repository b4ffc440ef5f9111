import { propertyOf } from "@monotask/telemetry";

/** The status of an answer; 200 for what is none, such as a handler's undefined. */
export function statusOf(response: unknown): number {
  const status = propertyOf(response, "status");
  return typeof status === "number" ? status : 200;
}
