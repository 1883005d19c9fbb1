import { describe, expect, it } from "vitest";
import { unmapped_headers } from "./csv_headers";

describe("headers of a file that names no tag", () => {
  it("are its first line without the time", () => {
    expect(unmapped_headers('\ufefftime;"Oil, rear";Force\r\n1;2;3')).toEqual(["Oil, rear", "Force"]);
    expect(unmapped_headers("Oil\tTimestamp\n")).toEqual(["Oil"]);
    expect(unmapped_headers("")).toEqual([]);
  });
});
