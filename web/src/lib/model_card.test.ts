import { describe, expect, it } from "vitest";
import type { Model } from "./api_types";
import { card_rows, writes_chinese } from "./model_card";

const card = {
  probe_version: 1,
  languages: { en: true, zh: false },
  copying: { passed: true, right: 10, of: 10 },
  prefill_tok_s: 401.5,
  notes: { deep: { deeper: { deepest: { too_deep: 1 } } } },
  formats: ["a", "b"],
  nothing: null,
};
const model = (value: Record<string, unknown> | null) => ({ name: "m", card: value }) as unknown as Model;

describe("card_rows", () => {
  it("tells tests from figures and drops what is only bookkeeping", () => {
    expect(card_rows(card)).toEqual([
      { key: "languages.en", value: null, passed: true, right: null, of: null },
      { key: "languages.zh", value: null, passed: false, right: null, of: null },
      { key: "copying", value: null, passed: true, right: 10, of: 10 },
      { key: "prefill_tok_s", value: 401.5, passed: null, right: null, of: null },
      { key: "formats", value: "a, b", passed: null, right: null, of: null },
    ]);
  });
  it("is empty without a card", () => {
    expect(card_rows(null)).toEqual([]);
  });
});

describe("writes_chinese", () => {
  it("says null where it was not measured", () => {
    expect(writes_chinese(model(card))).toBe(false);
    expect(writes_chinese(model({ languages: ["en", "zh"] }))).toBe(true);
    expect(writes_chinese(model(null))).toBeNull();
    expect(writes_chinese(model({ languages: {} }))).toBeNull();
  });
});
