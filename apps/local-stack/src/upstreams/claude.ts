import { createHash } from "node:crypto";
import type { Answer } from "./answer.ts";

/** Claude's answer to `POST /v1/messages`. The text follows from the prompt alone, so that two runs agree. */
export function claudeAnswer(method: string, path: string, body: unknown): Answer {
  if (method !== "POST" || path !== "/v1/messages") return failure(404, "not_found_error", "Not found");
  const request = messageRequest(body);
  if (request === undefined) {
    return failure(400, "invalid_request_error", "model, max_tokens and messages (each with role and content) are required");
  }
  const prompt = request.messages.map(({ content }) => content).join("\n");
  const words = ANSWER.slice(0, request.maxTokens).join(" ");
  return {
    status: 200,
    body: {
      id: `msg_${createHash("sha256").update(prompt).digest("hex").slice(0, 24)}`,
      type: "message",
      role: "assistant",
      model: request.model,
      content: [{ type: "text", text: `${words} (${prompt.length} characters read)` }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: {
        input_tokens: Math.ceil(prompt.length / CHARACTERS_PER_TOKEN),
        output_tokens: Math.min(ANSWER.length, request.maxTokens),
      },
    },
  };
}

/** Claude's answer to a caller that asked too often. */
export function claudeLimited(retryAfterS: number): Answer {
  const limited = failure(429, "rate_limit_error", "This request would exceed your rate limit.");
  return { ...limited, headers: { "retry-after": String(retryAfterS) } };
}

const ANSWER = "I read the task, made the change and ran the tests, which pass.".split(" ");
/** English text has about four characters to a token. */
const CHARACTERS_PER_TOKEN = 4;

interface MessageRequest {
  readonly model: string;
  readonly maxTokens: number;
  readonly messages: readonly { readonly content: string }[];
}

function messageRequest(body: unknown): MessageRequest | undefined {
  if (!isRecord(body)) return undefined;
  const { model, max_tokens: maxTokens, messages } = body;
  if (typeof model !== "string" || typeof maxTokens !== "number" || maxTokens < 1 || !Array.isArray(messages)) return undefined;
  const read = messages.flatMap((message: unknown) =>
    isRecord(message) && typeof message["role"] === "string" && typeof message["content"] === "string"
      ? [{ content: message["content"] }]
      : [],
  );
  return read.length === messages.length && read.length > 0 ? { model, maxTokens, messages: read } : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function failure(status: number, type: string, message: string): Answer {
  return { status, body: { type: "error", error: { type, message } } };
}
