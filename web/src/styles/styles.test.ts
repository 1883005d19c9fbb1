// The tokens: dark by choice is dark by the machine, and every pair of ink and ground that the
// components use can be read (WCAG 2.2 AA: 4.5:1 for text, 3:1 for marks and borders of controls).
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

function block(pattern: RegExp): Map<string, string> {
  const body = pattern.exec(css)?.[1] ?? "";
  return new Map([...body.matchAll(/(--[\w-]+|color-scheme):\s*([^;]+);/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

const light = block(/^:root \{([\s\S]*?)^\}/m);
const by_machine = block(/:root:not\(\[data-theme="light"\]\) \{([\s\S]*?)\n {2}\}/);
const by_choice = block(/^:root\[data-theme="dark"\] \{([\s\S]*?)^\}/m);

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = channels(colour).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [dark = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

const text_pairs = [
  ...["--ink", "--ink-2", "--ink-3", "--accent"].flatMap((ink) => ["--paper", "--surface", "--raised"].map((ground) => [ink, ground])),
  ["--ink", "--sunken"],
  ["--ink-2", "--sunken"],
  ["--accent-ink", "--accent"],
  ["--on-inverse", "--inverse"],
  ["--accent", "--accent-soft"],
  ["--ink-2", "--accent-soft"],
  ["--amber", "--amber-soft"],
  ["--ink", "--amber-soft"],
  ["--ink-2", "--amber-soft"],
  ["--amber", "--surface"],
  ["--red", "--red-soft"],
  ["--ink", "--red-soft"],
  ["--ink-2", "--red-soft"],
  ["--red", "--surface"],
  ["--on-state-run", "--state-run"],
  ["--on-state-idle", "--state-idle"],
  ["--on-state-off", "--state-off"],
  ["--surface", "--red-mark"],
];
const mark_pairs = [
  ["--line-strong", "--surface"],
  ["--line-strong", "--paper"],
  ["--focus", "--surface"],
  ["--focus", "--paper"],
  ["--data", "--surface"],
  ["--red-mark", "--surface"],
  ["--amber-mark", "--surface"],
];

describe("the tokens", () => {
  it("are the same whether dark was chosen or is the machine's", () => {
    expect(by_machine.size).toBeGreaterThan(30);
    expect([...by_choice]).toEqual([...by_machine]);
  });
  it("have a dark value for every light colour", () => {
    expect([...by_machine.keys()]).toEqual([...light.keys()]);
  });
  for (const [name, tokens] of [["light", light] as const, ["dark", by_machine] as const]) {
    it(`can be read: text (${name})`, () => {
      for (const [ink = "", ground = ""] of text_pairs) {
        expect(contrast(tokens.get(ink) ?? "", tokens.get(ground) ?? ""), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    });
    it(`can be seen: marks and borders (${name})`, () => {
      for (const [mark = "", ground = ""] of mark_pairs) {
        expect(contrast(tokens.get(mark) ?? "", tokens.get(ground) ?? ""), `${mark} on ${ground}`).toBeGreaterThanOrEqual(3);
      }
    });
  }
});
