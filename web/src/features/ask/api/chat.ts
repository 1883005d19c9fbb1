// POST /v1/chat/completions with stream: the same address that any OpenAI client uses.
import type { WireError } from "~/lib/api_types";
import { api_error, as_api_error, request, unreachable } from "~/lib/fetch";
import { read_events } from "~/lib/sse";

export interface ChatMessage {
  role: "user" | "assistant";
  content: string;
}

export interface ChatListener {
  text: (piece: string) => void;
  thought: (piece: string) => void; // of a model that thinks before it answers
}

export interface ChatEnd {
  finish: string; // "stop", "length"
  completion_tokens: number | null;
}

interface Chunk {
  error?: WireError;
  choices?: { delta?: { content?: string | null; reasoning_content?: string | null }; finish_reason?: string | null }[];
  usage?: { completion_tokens?: number } | null;
}

const max_tokens = 512;

/** Tells `listener` of each piece; resolves at the end. Throws ApiError, or what `signal` was aborted with. */
export async function chat(
  model: string,
  messages: ChatMessage[],
  listener: ChatListener,
  signal: AbortSignal,
): Promise<ChatEnd> {
  const body = { model, messages, max_tokens, stream: true, stream_options: { include_usage: true } };
  const response = await request("/v1/chat/completions", { method: "POST", body, signal, timeout_ms: 120_000 });
  if (!response.body) throw unreachable("broken");
  const end: ChatEnd = { finish: "", completion_tokens: null };
  try {
    for await (const { data } of read_events(response.body)) {
      if (data === "[DONE]") return end;
      const chunk = JSON.parse(data) as Chunk;
      if (chunk.error) throw api_error(chunk.error, response.status);
      const choice = chunk.choices?.[0];
      if (choice?.delta?.reasoning_content) listener.thought(choice.delta.reasoning_content);
      if (choice?.delta?.content) listener.text(choice.delta.content);
      if (choice?.finish_reason) end.finish = choice.finish_reason;
      if (chunk.usage) end.completion_tokens = chunk.usage.completion_tokens ?? null;
    }
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    const error = as_api_error(thrown);
    throw error.code === "offline" ? unreachable("broken") : error;
  }
  if (end.finish === "") throw unreachable("broken");
  return end;
}
