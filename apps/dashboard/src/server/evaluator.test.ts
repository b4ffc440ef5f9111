import { expect, it } from "vitest";
import { createEvaluator } from "./evaluator.ts";
import type { Evaluator } from "./evaluator.ts";

function answering(body: string, status: number): Evaluator {
  return createEvaluator({ fetch: () => Promise.resolve(new Response(body, { status })) }, "token");
}

it.each([
  ["a page", "<html><h1>Bad gateway</h1></html>", 502],
  ["a page that says it is well", "<html>Welcome</html>", 200],
  ["nothing", "", 200],
  ["no object", "null", 200],
])("an evaluator that answers %s is told as one that cannot be read, not shown", async (_, text, status) => {
  const { status: told, body } = await answering(text, status).get("/api/v1/slos");
  expect([told, body]).toEqual([0, { error: expect.stringContaining(`answered ${status} without JSON`) as string }]);
});

it("an evaluator's own refusal keeps its words", async () => {
  expect(await answering('{"error":"no such SLO"}', 404).get("/api/v1/slos/x")).toEqual({
    status: 404,
    body: { error: "no such SLO" },
  });
});
