// POST /api/ask: the answer comes as events, sentence by sentence.
import type { AskAnswer, Evidence, Reading, Sentence, WireError } from "~/lib/api_types";
import { api_error, as_api_error, request, unreachable } from "~/lib/fetch";
import type { Lang } from "~/lib/format";
import { read_events } from "~/lib/sse";

export interface AskRequest {
  question: string;
  lang: Lang | null; // null: the question's own
  reading_id: string;
}

export interface AskListener {
  status(stage: string): void;
  evidence(evidence: Evidence): void;
  sentence(sentence: Sentence): void;
  readings(readings: Reading[]): void;
  done(answer: AskAnswer): void;
}

/** Resolves when the answer is complete; throws ApiError, or what `signal` was aborted with. */
export async function ask_plant(body: AskRequest, listener: AskListener, signal: AbortSignal): Promise<void> {
  const response = await request("/api/ask", { method: "POST", body, signal, timeout_ms: 60_000 });
  if (!response.body) throw unreachable("broken");
  let complete = false;
  try {
    for await (const { event, data } of read_events(response.body)) {
      const value: unknown = JSON.parse(data);
      if (event === "status") listener.status((value as { stage?: string }).stage ?? "");
      else if (event === "evidence") listener.evidence(value as Evidence);
      else if (event === "sentence") listener.sentence(value as Sentence);
      else if (event === "readings") listener.readings(value as Reading[]);
      else if (event === "error") throw api_error((value as { error?: WireError }).error, response.status);
      else if (event === "done") {
        complete = true;
        listener.done(value as AskAnswer);
      }
    }
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    const error = as_api_error(thrown);
    throw error.code === "offline" ? unreachable("broken") : error; // the line broke in the middle
  }
  if (!complete) throw unreachable("broken");
}
