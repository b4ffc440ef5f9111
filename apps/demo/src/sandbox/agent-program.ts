/**
 * What an agent does with Claude's answer, as the code of a Worker of its own: it goes through the answer step by step, tells each one
 * as a line, and ends with a line that sums up. It has no network and no bindings.
 */
export const AGENT_PROGRAM = `
const stepsOf = (text) => text.split(/(?<=[.!?])\\s+|\\n+/).map((step) => step.trim()).filter(Boolean).slice(0, 200);

async function* work({ text }) {
  const steps = stepsOf(text);
  for (const [at, step] of steps.entries()) {
    yield { step: at + 1, words: step.split(/\\s+/).length };
    await scheduler.wait(0);
  }
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const checksum = Array.from(new Uint8Array(digest, 0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  yield { done: { steps: steps.length, checksum } };
}

export default {
  async fetch(request) {
    if (new URL(request.url).pathname === "/ready") return new Response("ready");
    const job = await request.json();
    const { readable, writable } = new IdentityTransformStream();
    const writer = writable.getWriter();
    const run = async () => {
      for await (const line of work(job)) await writer.write(new TextEncoder().encode(JSON.stringify(line) + "\\n"));
      await writer.close();
    };
    run().catch((error) => writer.abort(error));
    return new Response(readable);
  },
};
`;
