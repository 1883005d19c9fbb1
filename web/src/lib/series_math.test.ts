import { describe, expect, it } from "vitest";
import type { LatestValue, SeriesPoint } from "./api_types";
import { freshness } from "./live/freshness";
import { append_sample, gap_spans, summary, typical_step_ms, y_range } from "./series_math";

const at = (seconds: number, value: number | null): SeriesPoint => [seconds * 1000, value, value, value];
const steady = Array.from({ length: 61 }, (_, i) => at(i * 10, 20 + i / 60));

describe("gap_spans", () => {
  it("finds none in a series that covers its window", () => {
    expect(gap_spans(steady, 0, 600_000)).toEqual([]);
  });
  it("covers a stretch of null points up to where data come back", () => {
    const points = steady.map(([ts, value]) => (ts > 200_000 && ts < 300_000 ? at(ts / 1000, null) : at(ts / 1000, value)));
    expect(gap_spans(points, 0, 600_000)).toEqual([[210_000, 300_000]]);
  });
  it("shows silence at the end, where a line would just stop", () => {
    expect(gap_spans(steady.slice(0, 31), 0, 600_000)).toEqual([[300_000, 600_000]]);
  });
  it("is the whole window when nothing is there", () => {
    expect(gap_spans([], 0, 600_000)).toEqual([[0, 600_000]]);
    expect(gap_spans([at(0, null)], 0, 600_000)).toEqual([[0, 600_000]]);
  });
  it("knows the usual distance of points, not the mean one", () => {
    expect(typical_step_ms([at(0, 1), at(10, 1), at(20, 1), at(30, 1), at(400, 1)])).toBe(10_000);
  });
});

describe("summary", () => {
  it("takes lowest and highest from the buckets, not from their means", () => {
    expect(summary([[0, 5, 4, 9], [10, null, null, null], [20, 6, 1, 7]])).toEqual({ low: 1, high: 9, last: 6, last_ms: 20 });
    expect(summary([[0, null, null, null]])).toBeNull();
  });
});

describe("y_range", () => {
  it("gives a flat line room", () => {
    const [bottom, top] = y_range(50, 50, []);
    expect(top - bottom).toBeGreaterThan(0.9);
    expect((bottom + top) / 2).toBeCloseTo(50);
  });
  it("shows a limit that is near and not one that is far", () => {
    expect(y_range(60, 72, [null, 75])[1]).toBeGreaterThan(75);
    expect(y_range(20, 22, [null, 75])[1]).toBeLessThan(30);
  });
  it("does not go below zero for what cannot be negative", () => {
    expect(y_range(0, 3, [])[0]).toBe(0);
    expect(y_range(-1, 3, [])[0]).toBeLessThan(-1);
  });
});

describe("append_sample", () => {
  it("adds at the end, drops what left the window, ignores what is not newer", () => {
    const grown = append_sample(steady, at(610, 22), 100_000);
    expect(grown[grown.length - 1]).toEqual(at(610, 22));
    expect(grown[0]?.[0]).toBe(90_000); // the last one before the window
    expect(append_sample(steady, at(600, 99), 0)).toBe(steady);
  });
});

describe("freshness", () => {
  const value = (changes: Partial<LatestValue>): LatestValue => ({ value: 1, text: "", ts_ms: 100_000, quality: "good", ...changes });
  it("trusts the server while it is heard, and counts the age when it is not", () => {
    expect(freshness(value({}), 200_000, true)).toBe("good");
    expect(freshness(value({}), 200_000, false)).toBe("stale");
    expect(freshness(value({}), 101_000, false)).toBe("good");
  });
  it("never makes a bad value look better", () => {
    expect(freshness(value({ quality: "bad" }), 100_000, true)).toBe("bad");
    expect(freshness(value({ quality: "uncertain" }), 100_000, true)).toBe("uncertain");
    expect(freshness(value({ value: null }), 100_000, true)).toBe("no_data");
    expect(freshness(value({ ts_ms: 0 }), 100_000, true)).toBe("no_data");
  });
});
