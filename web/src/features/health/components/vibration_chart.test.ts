import { describe, expect, it } from "vitest";
import { placed, ticks } from "./vibration_chart";
import { left_to_plant, said_before } from "./vibration_form";
import { shades } from "./vibration_waterfall";

describe("a vibration chart", () => {
  it("has round ticks within its range, and few", () => {
    expect(ticks(0, 570, 6)).toEqual([0, 100, 200, 300, 400, 500]);
    expect(ticks(-3, 4, 4)).toEqual([-2, 0, 2, 4]);
    expect(ticks(0, 0, 4)).toEqual([0]);
  });

  it("puts labels into two rows and leaves out what has no room", () => {
    const marks = [30, 10, 20, 200].map((at) => ({ at, label: String(at), kind: "shaft" }));
    expect(placed(marks, (at) => at).map((each) => each.row)).toEqual([0, 1, -1, 0]);
  });

  it("shades by decades below the loudest of all rows", () => {
    const [first, second] = shades([[1, 0.1], [0.001, 0]]);
    expect(first?.[0]).toBe(1);
    expect(first?.[1]).toBeCloseTo(2 / 3);
    expect(second).toEqual([0, 0]);
  });

  it("offers for a new recording what was said of the last", () => {
    expect(said_before(undefined)).toMatchObject({ point: "", unit: "g", bearing: "" });
    const last = { point: "drive end", rate_hz: 12_000, unit: "g", rpm: 1797, bearing: { elements: 9, element_diameter: 0.3126, pitch_diameter: 1.537, contact_angle_deg: 0 }, orders: null, group: null };
    expect(said_before(last as never)).toMatchObject({ rate_hz: "12000", rpm: "1797", bearing: "9,0.3126,1.537,0", when: "" });
    expect(said_before({ ...last, bearing_from: "plant", rpm_tag: "a/speed" } as never)).toMatchObject({ rpm: "", bearing: "" });
  });

  it("leaves to the plant description what it gives at a point", () => {
    const about = { point: "drive end", rpm: "1797", bearing: "9,1,4", orders: "", group: "medium-rigid" };
    const described = [{ point: "drive end", component: "", bearing_name: "", bearing: null, orders: { bpfo: 3, bpfi: 5, bsf: 2, ftf: 0.4 }, speed_tag: "", shaft_ratio: 1 }];
    expect(left_to_plant(about, described)).toEqual({ ...about, bearing: "" });
    expect(left_to_plant(about, [])).toEqual(about);
  });
});
