import { describe, expect, it } from "vitest";
import { merged_kinds } from "./noted_kinds";

describe("kinds of events of several machines", () => {
  it("are counted together, most frequent first", () => {
    const kinds = merged_kinds([[{ kind: "repair", count: 2 }, { kind: "轴承失效", count: 1 }], [{ kind: "轴承失效", count: 4 }, { kind: "cleaned", count: 2 }], []]);
    expect(kinds).toEqual(["轴承失效", "cleaned", "repair"]);
  });
  it("are none where nothing was noted", () => {
    expect(merged_kinds([])).toEqual([]);
  });
});
