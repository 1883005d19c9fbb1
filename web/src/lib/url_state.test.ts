import { describe, expect, it } from "vitest";
import { default_range, href, parse_query, parse_range, parse_route, range_bounds, range_query, type Range } from "./url_state";

describe("parse_route", () => {
  it("knows every page", () => {
    expect(parse_route("/")).toEqual({ page: "ask" });
    expect(parse_route("/ask")).toEqual({ page: "ask" });
    expect(parse_route("/plant/")).toEqual({ page: "plant" });
    expect(parse_route("/plant/cnc-2")).toEqual({ page: "asset", asset: "cnc-2" });
    expect(parse_route("/models")).toEqual({ page: "models" });
    expect(parse_route("/system")).toEqual({ page: "system" });
  });
  it("takes nothing else for a page", () => {
    for (const path of ["/nowhere", "/plant/cnc-2/x", "/plant/%zz", "/plant/<script>", "/plant/A B", "/ask/1"]) {
      expect(parse_route(path)).toEqual({ page: "not_found" });
    }
  });
});

describe("href", () => {
  it("is the same for the same state and leaves out what is empty", () => {
    expect(href("/plant", { sort: "worst", range: null, line: "" })).toBe("/plant?sort=worst");
    expect(href("/a", { b: "1", a: "2" })).toBe(href("/a", { a: "2", b: "1" }));
  });
  it("survives the way through the address bar", () => {
    const question = "2号机床 & 100% ?#+";
    expect(parse_query(new URL(href("/ask", { q: question }), "http://plant.example").search).q).toBe(question);
  });
});

describe("ranges", () => {
  const cases: Range[] = [
    { kind: "last", minutes: 10 },
    { kind: "last", minutes: 60 },
    { kind: "last", minutes: 90 },
    { kind: "last", minutes: 24 * 60 },
    { kind: "last", minutes: 3 * 24 * 60 },
    { kind: "fixed", from_ms: Date.parse("2025-11-24T10:00:00Z"), to_ms: Date.parse("2025-11-24T11:30:00.250Z") },
  ];
  it("come back from the URL as they went in", () => {
    for (const range of cases) {
      const url = new URL(href("/plant", range_query(range)), "http://plant.example");
      expect(parse_range(parse_query(url.search))).toEqual(range);
    }
  });
  it("fall back to the default where the URL makes no sense", () => {
    const wrong = ["range=0m", "range=99999d", "range=x", "from=1&to=zzz", "from=2025-01-02T00:00:00Z&to=2025-01-01T00:00:00Z"];
    for (const search of wrong) expect(parse_range(parse_query(search))).toEqual(default_range);
  });
  it("end now, or where they were fixed", () => {
    expect(range_bounds({ kind: "last", minutes: 10 }, 1_000_000)).toEqual({ from_ms: 400_000, to_ms: 1_000_000 });
    expect(range_bounds({ kind: "fixed", from_ms: 1, to_ms: 2 }, 9)).toEqual({ from_ms: 1, to_ms: 2 });
  });
});
