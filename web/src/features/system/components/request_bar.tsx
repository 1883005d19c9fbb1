// Where the time of a request went, as one bar from left to right: queue, reading, writing. The
// words and numbers stand beside it; the bar alone says nothing to a screen reader.
import type { FinishedRequest } from "~/lib/api_types";
import { bar_width, timeline_of } from "../state/timeline";
import "./request_bar.css";

export function RequestBar({ request, small = false }: { request: FinishedRequest; small?: boolean }) {
  const { parts, predicted } = timeline_of(request);
  return (
    <div class={`request-bar${small ? " request-bar-small" : ""}`} aria-hidden="true">
      {parts.map((part) => part.ms > 0 && <div key={part.key} class={`request-${part.key}`} style={{ width: bar_width(part.width) }} />)}
      {!small && predicted !== null && <div class="request-predicted" style={{ insetInlineStart: bar_width(predicted) }} />}
    </div>
  );
}

/** Which part of the prompt came from the cache: hatched, as it was not read again. */
export function PromptBar({ request }: { request: FinishedRequest }) {
  const cached = request.prompt_tokens > 0 ? request.cached_prompt_tokens / request.prompt_tokens : 0;
  return (
    <div class="request-bar request-bar-prompt" aria-hidden="true">
      {cached > 0 && <div class="request-cached" style={{ width: bar_width(cached) }} />}
      {cached < 1 && <div class="request-prefill" style={{ width: bar_width(1 - cached) }} />}
    </div>
  );
}
