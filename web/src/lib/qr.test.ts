import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { qr_code } from "./qr";

const print = (text: string) =>
  createHash("sha256")
    .update((qr_code(text) ?? []).map((row) => row.map((dark) => (dark ? "#" : ".")).join("")).join("\n"))
    .digest("hex")
    .slice(0, 16);
const uri = "otpauth://totp/Millwright:root?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Millwright";

describe("a QR code", () => {
  it("is as large as its text needs, and none where it is too long", () => {
    const sizes = [1, 17, 18, 78, 106, 107, 154, 192, 230, 231, 271].map((n) => qr_code("x".repeat(n))?.length);
    expect(sizes).toEqual([21, 21, 25, 33, 37, 41, 45, 49, 53, 57, 57]);
    expect(qr_code("x".repeat(272))).toBeNull();
  });
  it("has the finders and the timing of every code", () => {
    const grid = qr_code(uri) ?? [];
    const corner = (x: number, y: number) => grid.slice(y, y + 7).map((row) => row.slice(x, x + 7).map(Number).join("")).join("/");
    const finder = "1111111/1000001/1011101/1011101/1011101/1000001/1111111";
    expect([corner(0, 0), corner(grid.length - 7, 0), corner(0, grid.length - 7)]).toEqual([finder, finder, finder]);
    for (let i = 8; i < grid.length - 8; i += 1) expect(grid[6]?.[i]).toBe(i % 2 === 0);
  });
  // Each of these, drawn at six pixels a module, was read back by zxing-cpp 3.1 as the text.
  it("is, module for module, what a reader has read", () => {
    expect([print("A"), print(uri), print("x7/e".repeat(67) + "x7/")]).toEqual(["defea385aeee6c21", "105a059892856fd4", "9eb830599239b23d"]);
  });
});
