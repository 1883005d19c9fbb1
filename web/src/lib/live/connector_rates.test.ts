import { describe, expect, it } from "vitest";
import type { Connector } from "../api_types";
import { kept_ms, note_rates, rates_of } from "./connector_rates";

const plc = (samples_s: number) => [{ name: "plc", samples_s } as Connector];

describe("rates of connectors", () => {
  it("keeps ten minutes, a point each two seconds", () => {
    for (let at = 0; at <= kept_ms + 60_000; at += 1_000) note_rates(plc(at), at);
    const rates = rates_of("plc");
    expect(rates.at(-1)?.[0]).toBe(kept_ms + 60_000);
    expect(rates[0]?.[0]).toBeGreaterThanOrEqual(60_000);
    expect(rates.length).toBeLessThanOrEqual(kept_ms / 2_000 + 1);
  });
  it("knows nothing of what it never saw", () => {
    expect(rates_of("nobody")).toEqual([]);
  });
});
