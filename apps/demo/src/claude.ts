import * as v from "valibot";
import { callUpstream, type UpstreamAnswer } from "./upstream.ts";

export interface Completion {
  readonly model: string;
  readonly text: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** One message to Claude and its answer. */
export async function complete(
  env: Env,
  doFetch: typeof fetch,
  prompt: { readonly text: string; readonly maxTokens: number },
): Promise<UpstreamAnswer<Completion>> {
  return callUpstream(doFetch, {
    upstream: "Claude",
    url: `${env.CLAUDE_API_URL}/v1/messages`,
    init: {
      method: "POST",
      headers: headers(env.CLAUDE_API_KEY),
      body: JSON.stringify({ model: MODEL, max_tokens: prompt.maxTokens, messages: [{ role: "user", content: prompt.text }] }),
    },
    timeoutMs: TIMEOUT_MS,
    read: completionOf,
  });
}

const MODEL = "claude-sonnet-4-5";
/** The objective for an agent execution is a P95 under 30 s. */
const TIMEOUT_MS = 30_000;

const claudeMessage = v.object({
  model: v.string(),
  content: v.array(v.looseObject({ type: v.string(), text: v.optional(v.string()) })),
  usage: v.object({ input_tokens: v.number(), output_tokens: v.number() }),
});

function completionOf(json: unknown): Completion | undefined {
  const result = v.safeParse(claudeMessage, json);
  if (!result.success) return undefined;
  const { model, content, usage } = result.output;
  const text = content.map((block) => (block.type === "text" ? (block.text ?? "") : "")).join("");
  return { model, text, inputTokens: usage.input_tokens, outputTokens: usage.output_tokens };
}

function headers(apiKey: string | undefined): Record<string, string> {
  const common = { "content-type": "application/json", "anthropic-version": "2023-06-01" };
  return apiKey === undefined ? common : { ...common, "x-api-key": apiKey };
}
