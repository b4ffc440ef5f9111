import { expect, it, vi } from "vitest";
import { createErrorAlerter, watchCircuit } from "./index.ts";

it("what is written outlives the answer where nobody passes a waitUntil: the running invocation's is taken", async () => {
  const kept: Promise<unknown>[] = [];
  const workers = { waitUntil: (work: Promise<unknown>) => void kept.push(work) };
  vi.spyOn(process, "getBuiltinModule").mockImplementation((...[name]: unknown[]) =>
    name === "cloudflare:workers" ? workers : undefined,
  );
  for (const level of ["log", "warn"] as const) vi.spyOn(console, level).mockReturnValue();
  // A dataset over RPC, as on a laptop.
  const env = { ANALYTICS: { writeDataPoint: () => Promise.resolve() } };
  await createErrorAlerter(env, "api").sendAlert(createErrorAlerter(env, "api").createErrorContext(new Error("not found")));
  expect(kept).toHaveLength(1);
  watchCircuit({ onStateChange: (listener) => { listener(1); } }, env, "api", "github"); // prettier-ignore
  expect(kept).toHaveLength(2);
});
