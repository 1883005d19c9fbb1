import { describe, expect, it } from "vitest";
import type { AlarmCondition, AlarmRule } from "~/lib/alarm_types";
import { all_params, condition_of, draft_of, draft_params, group_of_condition, new_compare, new_draft, new_group, part_path, rule_of, suggested_id } from "./rule_draft";

const hot: AlarmCondition = { tag: "cnc-2/temperature", above: 80, hysteresis: 3 };
const runs: AlarmCondition = { tag: "cnc-2/state", is: "running" };
const whole: AlarmRule = {
  id: "hot", name: { en: "Hot", zh: "过热" }, asset: "cnc-2", priority: "high", enabled: true, revision: "abc",
  when: { any: [{ all: [hot, runs] }, { not: { any: [{ tag: "cnc-2/state", is: "off" }, { tag: "cnc-2/temperature", below: 5 }] } }, { tag: "cnc-2/temperature", bad: true }] },
  unless: { not: runs }, delay_on_s: 2.5, delay_off_s: 60, latching: true,
  cause: { en: "grease", zh: "" }, respond_within_min: 15,
};

describe("a rule that is edited", () => {
  it("is sent as it was read when nothing was changed", () => {
    expect(rule_of(draft_of(whole))).toEqual(whole);
  });
  it("stays one comparison where it is one", () => {
    for (const condition of [hot, runs, { not: runs } as AlarmCondition]) expect(condition_of(group_of_condition(condition))).toEqual(condition);
  });
  it("sends what is no number as such, for the server to name the field", () => {
    const draft = { ...new_draft("cnc-2"), delay_on_s: "x", when: new_group([{ ...new_compare(), tag: "cnc-2/t", limit: "1e999" }]) };
    expect(rule_of(draft)).toMatchObject({ delay_on_s: null, when: { tag: "cnc-2/t", above: null } });
  });
  it("leaves out what was not said", () => {
    const draft = { ...new_draft("cnc-2"), delay_on_s: "" };
    expect(rule_of(draft)).toMatchObject({ delay_on_s: 0 });
    for (const name of ["cause", "consequence", "response", "respond_within_min", "unless"]) expect(rule_of(draft)).not.toHaveProperty(name);
  });
});

describe("the paths of a condition are those that the server names", () => {
  it("of one comparison", () => {
    expect(all_params(group_of_condition(hot), "when")).toEqual(expect.arrayContaining(["when", "when.tag", "when.above", "when.hysteresis"]));
    expect(all_params(group_of_condition({ not: runs }), "unless")).toEqual(expect.arrayContaining(["unless.not.tag", "unless.not.is"]));
  });
  it("of groups in groups", () => {
    const params = draft_params(draft_of(whole));
    for (const path of ["id", "when.any", "when.any[0].all", "when.any[0].all[0].hysteresis", "when.any[0].all[1].is", "when.any[1].not.any[1].below", "when.any[2].bad", "unless.not.is"]) expect(params).toContain(path);
    expect(params).not.toContain("when.any[0].all[1].above");
  });
  it("of a negated group of one", () => {
    const group = { ...new_group([new_compare()]), not: true };
    expect(condition_of(group)).toEqual({ not: { all: [{ tag: "", above: null }] } });
    expect(part_path(group, "when", 0)).toBe("when.not.all[0]");
  });
});

describe("the suggested id", () => {
  it("says what is looked at, and is nobody else's", () => {
    const draft = draft_of(whole);
    expect(suggested_id(draft, new Set())).toBe("cnc-2.temperature.above");
    expect(suggested_id(draft, new Set(["cnc-2.temperature.above", "cnc-2.temperature.above-2"]))).toBe("cnc-2.temperature.above-3");
    expect(suggested_id({ ...draft, asset: "press-1" }, new Set())).toBe("press-1.cnc-2.temperature.above");
    expect(suggested_id(new_draft("cnc-2"), new Set())).toBe("");
  });
});
