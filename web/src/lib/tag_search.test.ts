import { describe, expect, it } from "vitest";
import type { Asset } from "~/lib/api_types";
import { find_tags, tag_rows, visible_rows } from "./tag_search";

const text = (en: string, zh: string) => ({ en, zh });
const machine = (id: string, name: string, tags: [string, string, string, string][]) =>
  ({
    id, name: text(name, `${name}机`), kind: "press", kind_name: text("press", "压机"),
    tags: tags.map(([tag, en, zh, unit]) => ({ id: `${id}/${tag}`, name: text(en, zh), unit })),
  }) as unknown as Asset;
const rows = tag_rows([
  machine("press-1", "Press 1", [["oil", "oil temperature", "油温", "degC"], ["force", "force", "压力", "kN"]]),
  machine("press-2", "Press 2", [["oil", "oil temperature", "油温", "degC"]]),
]);
const ids = (search: string, of = "") => find_tags(rows, search, of).map((row) => row.tag.id);

describe("the search for tags", () => {
  it("finds each word in any order, in both languages, by unit and machine", () => {
    expect(ids("oil 2")).toEqual(["press-2/oil"]);
    expect(ids("油温")).toEqual(["press-1/oil", "press-2/oil"]);
    expect(ids("KN")).toEqual(["press-1/force"]);
    expect(ids("", "press-1")).toEqual(["press-1/oil", "press-1/force"]);
    expect(ids("nothing")).toEqual([]);
  });
  it("is quick for 10,000 tags", () => {
    const many = tag_rows(Array.from({ length: 1000 }, (_, i) => machine(`m-${i}`, `Machine ${i}`, Array.from({ length: 10 }, (_, k) => [`t${k}`, `temperature ${k}`, "温度", "degC"]))));
    const begun = performance.now();
    expect(find_tags(many, "temperature m-777", "").length).toBe(10);
    expect(performance.now() - begun).toBeLessThan(500);
  });
});

describe("rows in sight", () => {
  it("are those of the window and some beyond", () => {
    expect(visible_rows(-200, 900, 44, 10_000)).toEqual({ first: 0, end: 26 });
    expect(visible_rows(44_000, 880, 44, 10_000)).toEqual({ first: 990, end: 1030 });
    expect(visible_rows(0, 900, 44, 3)).toEqual({ first: 0, end: 3 });
    expect(visible_rows(99_999_999, 900, 44, 10)).toEqual({ first: 10, end: 10 });
  });
});
