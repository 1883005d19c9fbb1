import { describe, expect, it } from "vitest";
import type { FinishedRequest } from "~/lib/api_types";
import { merge_requests } from "~/lib/live/request_store";
import { bar_width, timeline_of } from "./timeline";

function request(changes: Partial<FinishedRequest>): FinishedRequest {
  return {
    id: "req_1", model: "m", client: "c", priority: "interactive", received_ms: 1000, finished_ms: 1200, total_ms: 200, answers: 1,
    prompt_tokens: 100, cached_prompt_tokens: 40, generated_tokens: 9, queue_ms: 20, prefill_ms: 30, decode_ms: 150,
    predicted_first_token_ms: 100, first_token_ms: 50, decode_tok_s: 53, finish: "stop", problem: null, ...changes,
  };
}

describe("timeline_of", () => {
  it("divides the bar by the times and marks the prediction", () => {
    const { parts, whole_ms, predicted } = timeline_of(request({}));
    expect(parts.map((part) => [part.key, part.width])).toEqual([["queue", 0.1], ["prefill", 0.15], ["decode", 0.75]]);
    expect(whole_ms).toBe(200);
    expect(predicted).toBe(0.5);
  });
  it("draws no prediction where there was none or it lies behind the end", () => {
    expect(timeline_of(request({ predicted_first_token_ms: null })).predicted).toBeNull();
    expect(timeline_of(request({ predicted_first_token_ms: 201 })).predicted).toBeNull();
  });
  it("is empty, not broken, for one that took no time", () => {
    const { parts } = timeline_of(request({ queue_ms: 0, prefill_ms: 0, decode_ms: 0 }));
    expect(parts.map((part) => part.width)).toEqual([0, 0, 0]);
  });
});

describe("bar_width", () => {
  it("stays on its bar", () => {
    expect([bar_width(null), bar_width(0.25), bar_width(1.4)]).toEqual(["0%", "25%", "100%"]);
  });
});

describe("merge_requests", () => {
  it("keeps each once, the last to finish first, and no more than the server does", () => {
    const long = request({ id: "long", received_ms: 0, finished_ms: 5000 });
    const known = [request({ id: "a", finished_ms: 2000 }), request({ id: "b", finished_ms: 1000 })];
    expect(merge_requests(known, [long, request({ id: "a", finished_ms: 2000 })]).map((each) => each.id)).toEqual(["long", "a", "b"]);
    const many = Array.from({ length: 150 }, (_, at) => request({ id: `x${at}`, finished_ms: at }));
    const others = Array.from({ length: 150 }, (_, at) => request({ id: `y${at}`, finished_ms: at }));
    expect(merge_requests(many, others)).toHaveLength(200);
  });
});
