import { describe, expect, it } from "vitest";
import { highest } from "./vibration_report";

describe("the highest line", () => {
  it("stands at its frequency, of a bin at its middle", () => {
    expect(highest({ step_hz: 0.5, values: [0, 1, 3, 2] })).toEqual({ hz: 1, value: 3 });
    expect(highest({ step_hz: 30, values: [0, 1, 3, 2] }, 0.5).hz).toBe(75);
    expect(highest({ step_hz: 1, values: [] })).toEqual({ hz: 0, value: 0 });
  });
});
