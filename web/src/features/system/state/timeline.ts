// A request's times as parts of one bar. Pure: what is drawn is what the server sent.
import type { FinishedRequest } from "~/lib/api_types";

export type PartKey = "queue" | "prefill" | "decode";

export interface TimelinePart {
  key: PartKey;
  ms: number;
  width: number; // of the whole, 0..1
}

export interface Timeline {
  parts: TimelinePart[]; // one after the other
  whole_ms: number;
  /** Where on the bar the first token was predicted; null: it was not, or after the end. */
  predicted: number | null;
}

export function timeline_of(request: FinishedRequest): Timeline {
  const times: [PartKey, number][] = [
    ["queue", request.queue_ms],
    ["prefill", request.prefill_ms],
    ["decode", request.decode_ms],
  ];
  const whole_ms = times.reduce((sum, [, ms]) => sum + ms, 0);
  const of_whole = (ms: number) => (whole_ms > 0 ? ms / whole_ms : 0);
  const { predicted_first_token_ms } = request;
  return {
    parts: times.map(([key, ms]) => ({ key, ms, width: of_whole(ms) })),
    whole_ms,
    predicted: predicted_first_token_ms === null || predicted_first_token_ms > whole_ms ? null : of_whole(predicted_first_token_ms),
  };
}

/** Width of a part of a whole as CSS, never outside of it. */
export function bar_width(share: number | null): string {
  return `${Math.min(1, Math.max(0, share ?? 0)) * 100}%`;
}
