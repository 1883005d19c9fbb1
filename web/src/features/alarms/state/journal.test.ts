import { describe, expect, it } from "vitest";
import type { AlarmEntry } from "~/lib/alarm_types";
import { marks_of } from "./alarm_marks";
import { merged } from "./journal";

const entry = (number: number, more: Partial<AlarmEntry> = {}): AlarmEntry => ({
  number, ts_ms: number * 1000, alarm: "a", name: { en: "", zh: "" }, asset: "m", tag: "m/t", unit: "", decimals: 1, event: "raised", state: "unacknowledged", priority: "medium", who: "", note: "", value: null, ...more,
});

describe("the journal as it was opened", () => {
  it("keeps what is known, each once, newest first", () => {
    expect(merged([entry(3), entry(2)], [entry(4), entry(3), entry(1)]).map((each) => each.number)).toEqual([4, 3, 2, 1]);
  });
});

describe("marks on trends", () => {
  it("stand where an alarm came and went, and nowhere else", () => {
    const marks = marks_of([entry(4, { event: "returned" }), entry(3, { event: "acknowledged" }), entry(2, { event: "shelved" }), entry(1, { priority: "critical" })]);
    expect(marks).toEqual([
      { at_ms: 4000, came: false, tag: "m/t", urgent: false },
      { at_ms: 1000, came: true, tag: "m/t", urgent: true },
    ]);
  });
});
