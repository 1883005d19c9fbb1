import { describe, expect, it } from "vitest";
import { empty_setup, new_draft, register_row, type Draft, type Row } from "./draft";
import { most_mapped, plan_all, rows_mapped } from "./map_all";

const value = (label: string, tag: string, more: Partial<Row> = {}): Row => ({ ...register_row(), source: { node: label }, label, tag, chosen: false, unit: "degC", ...more });
const setup = empty_setup("Line 1", "一号线");
const draft = (rows: Row[]): Draft => ({ ...new_draft("opcua", setup), machine: "oven-1", rows });
const all = (rows: Row[]) => rows.map((_, index) => index);

describe("mapping all that a search finds", () => {
  it("takes each by its name and counts their units", () => {
    const rows = [value("A / T", "t"), value("A / P", "p", { unit: "" }), value("A / S", "s", { state: true, unit: "" })];
    const plan = plan_all(setup, draft(rows), all(rows), "last");
    expect([...plan.ids]).toEqual([[0, "t"], [1, "p"], [2, "s"]]);
    expect(plan.units).toEqual([["degC", 1], ["", 1]]);
    expect(plan.conflicts).toEqual([]);
    expect(rows_mapped(rows, plan).map((each) => each.chosen)).toEqual([true, true, true]);
    expect(rows[0]?.chosen).toBe(false);
  });

  it("names each conflict: two alike, one that is chosen, one of another connection, one without a name", () => {
    const other = { ...setup, connectors: [{ name: "plc", kind: "modbus_tcp", register: [{ tag: "oven-1/door", address: 0 }] }], broker: { address: "tcp://b:1883", topic: [{ tag: "oven-1/fan", topic: "f" }] } };
    const rows = [value("by hand", "t", { chosen: true }), value("A / T", "t"), value("A / X", "x"), value("B / X", "x"), value("Door", "door"), value("Fan", "fan"), value("温度", "")];
    const plan = plan_all(other, draft(rows), all(rows), "last");
    expect([...plan.ids.keys()]).toEqual([2]);
    expect(plan.conflicts).toEqual([
      { label: "A / T", id: "t", with: "by hand" },
      { label: "B / X", id: "x", with: "A / X" },
      { label: "Door", id: "door", with: "plc" },
      { label: "Fan", id: "fan", with: "broker" },
      { label: "温度", id: "", with: "" },
    ]);
  });

  it("names a tag of the machine's kind that has another unit", () => {
    const kind = { ...setup, description: { ...setup.description, kinds: [{ id: "oven", tags: [{ id: "t", unit: "degF" }, { id: "p", unit: "bar" }] }], assets: [{ id: "oven-1", kind: "oven", line: "line-1" }] } };
    const rows = [value("A / T", "t"), value("A / P", "p", { unit: "bar" })];
    const plan = plan_all(kind, draft(rows), all(rows), "last");
    expect([...plan.ids.values()]).toEqual(["p"]);
    expect(plan.conflicts).toEqual([{ label: "A / T", id: "t", with: "oven-1/t (degF)" }]);
  });

  it("tells alike names apart by the whole path, and its own connection is no conflict", () => {
    const own = { ...setup, connectors: [{ name: "mine", kind: "opcua", node: [{ tag: "oven-1/a_x", node: "n" }] }] };
    const rows = [value("A / X", "x"), value("B / X", "x")];
    const plan = plan_all(own, { ...draft(rows), original: "mine" }, all(rows), "path");
    expect([...plan.ids.values()]).toEqual(["a_x", "b_x"]);
  });

  it("takes nothing that the search did not find, and says when it is too much", () => {
    const rows = Array.from({ length: most_mapped + 1 }, (_, i) => value(`v${i}`, `v${i}`));
    expect(plan_all(setup, draft(rows), all(rows), "last").too_many).toBe(true);
    const some = plan_all(setup, draft(rows), [3, 5], "last");
    expect(some.too_many).toBe(false);
    expect(rows_mapped(rows, some).filter((each) => each.chosen).map((each) => each.tag)).toEqual(["v3", "v5"]);
  });
});
