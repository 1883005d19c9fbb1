import { describe, expect, it } from "vitest";
import { csv_text } from "./csv_text";

const gbk = [0xd3, 0xcd, 0xce, 0xc2]; // 油温

describe("the text of a CSV file", () => {
  it("is UTF-8, with or without a mark at its beginning", () => {
    const bytes = new TextEncoder().encode("时间,油温");
    expect(csv_text(bytes)).toEqual({ text: "时间,油温", encoding: "UTF-8" });
    expect(csv_text(new Uint8Array([0xef, 0xbb, 0xbf, ...bytes]))).toEqual({ text: "时间,油温", encoding: "UTF-8" });
    expect(csv_text(new Uint8Array())).toEqual({ text: "", encoding: "UTF-8" });
  });
  it("is GB18030 where it is no UTF-8, as GBK is and as four bytes are", () => {
    expect(csv_text(new Uint8Array(gbk))).toEqual({ text: "油温", encoding: "GB18030" });
    expect(csv_text(new Uint8Array([0x81, 0x30, 0x81, 0x34, ...gbk]))?.encoding).toBe("GB18030");
  });
  it("is none where neither fits, and nothing is replaced", () => {
    expect(csv_text(new Uint8Array([0xff, 0xfe, 0x74, 0x00]))).toBeNull(); // UTF-16
    expect(csv_text(new Uint8Array([...gbk, 0xff]))).toBeNull();
    expect(csv_text(new Uint8Array([0xd3]))).toBeNull(); // cut in a character
  });
});
