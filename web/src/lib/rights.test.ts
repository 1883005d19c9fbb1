import { describe, expect, it } from "vitest";
import { may, type Grant } from "./rights";

const grants: Grant[] = [
  { role: "viewer", lines: ["a"], labels: [] },
  { role: "engineer", lines: ["b"], labels: [] },
];

describe("may", () => {
  it("takes a role for the lines of its own grant alone", () => {
    expect(may(grants, "viewer", "a")).toBe(true);
    expect(may(grants, "operator", "a")).toBe(false);
    expect(may(grants, "operator", "b")).toBe(true);
    expect(may(grants, "admin", "b")).toBe(false);
    expect(may(grants, "engineer")).toBe(true);
  });

  it("takes a star for every line, and nobody for nobody", () => {
    expect(may([{ role: "operator", lines: ["*"], labels: [] }], "operator", "z")).toBe(true);
    expect(may([], "viewer")).toBe(false);
    expect(may(undefined, "viewer", "a")).toBe(false);
  });
});
