import { describe, expect, it } from "vitest";
import {
  bytes_text,
  clock_text,
  decimals_for,
  duration_text,
  latency_text,
  moment_text,
  number_text,
  percent_text,
  quantity_text,
  unit_text,
  window_text,
  zone_text,
} from "./format";

describe("number_text", () => {
  it("shows what is unknown as a dash, never as zero", () => {
    for (const value of [null, undefined, NaN, Infinity]) expect(number_text(value, "en")).toBe("–");
    expect(quantity_text(null, "degC", "en")).toBe("–");
  });
  it("keeps about three significant digits", () => {
    expect(number_text(61.23, "en")).toBe("61.2");
    expect(number_text(5.126, "en")).toBe("5.13");
    expect(number_text(0.0451, "en")).toBe("0.045");
    expect(number_text(12345.6, "en")).toBe("12,346");
    expect(decimals_for(0)).toBe(0);
  });
  it("writes a true minus and no minus zero", () => {
    expect(number_text(-3.2, "en", 1)).toBe("−3.2");
    expect(number_text(-0.04, "en", 1)).toBe("0.0");
  });
  it("puts the unit after a space, as shown on a drawing", () => {
    expect(quantity_text(61.23, "degC", "zh", 1)).toBe("61.2 °C");
    expect(quantity_text(7, "", "en")).toBe("7.00");
    expect(unit_text("1/min")).toBe("1/min");
    expect(unit_text("degC/min")).toBe("°C/min");
    expect(unit_text("m3/h")).toBe("m³/h");
    expect(unit_text("bar")).toBe("bar");
  });
});

describe("percent_text", () => {
  it("never rounds an incomplete share up to all of it", () => {
    expect(percent_text(0.9997, "en")).toBe("99.9 %");
    expect(percent_text(1, "en")).toBe("100 %");
    expect(percent_text(0.484, "en")).toBe("48 %");
  });
});

describe("bytes_text", () => {
  it("steps by thousands and never shows 1000 of a unit", () => {
    expect(bytes_text(0, "en")).toBe("0 B");
    expect(bytes_text(999, "en")).toBe("999 B");
    expect(bytes_text(999_999, "en")).toBe("1.0 MB");
    expect(bytes_text(98_324_512, "en")).toBe("98.3 MB");
    expect(bytes_text(null, "en")).toBe("–");
  });
});

describe("duration_text", () => {
  it("shows the two largest parts in either language", () => {
    expect(duration_text(8_400, "en")).toBe("8 s");
    expect(duration_text(125_000, "en")).toBe("2 min 5 s");
    expect(duration_text(3 * 3_600_000, "en")).toBe("3 h");
    expect(duration_text(3 * 3_600_000 + 5 * 60_000, "zh")).toBe("3小时5分钟");
    expect(duration_text(26 * 3_600_000, "zh")).toBe("1天2小时");
    expect(duration_text(-5, "en")).toBe("0 s");
  });
});

describe("latency_text", () => {
  it("changes to seconds where milliseconds are too many digits", () => {
    expect(latency_text(0.84, "en")).toBe("0.8 ms");
    expect(latency_text(42.4, "en")).toBe("42 ms");
    expect(latency_text(1_340, "en")).toBe("1.3 s");
    expect(latency_text(null, "en")).toBe("–");
  });
});

describe("times (the tests run in Europe/Berlin)", () => {
  const now = Date.parse("2025-11-24T13:02:11Z");
  it("are shown in the reader's zone with 24 hours", () => {
    expect(clock_text(now, "en")).toBe("14:02:11");
    expect(clock_text(Date.parse("2025-11-23T23:00:00Z"), "en")).toBe("00:00:00");
    expect(zone_text(now, "en")).toBe("CET");
  });
  it("carry the day only where it is another one", () => {
    expect(moment_text(now - 60_000, now, "en")).toBe("14:01:11");
    expect(moment_text(now - 86_400_000, now, "en")).toBe("23 Nov 14:02:11");
    expect(moment_text(now - 86_400_000, now, "zh")).toBe("11月23日 14:02:11");
    expect(window_text(now - 600_000, now, now, "en")).toBe("13:52:11 – 14:02:11");
  });
  it("keep the hour right across the end of summer time", () => {
    expect(clock_text(Date.parse("2025-10-26T00:30:00Z"), "en")).toBe("02:30:00");
    expect(clock_text(Date.parse("2025-10-26T01:30:00Z"), "en")).toBe("02:30:00");
    expect(zone_text(Date.parse("2025-10-26T00:30:00Z"), "en")).not.toBe(zone_text(Date.parse("2025-10-26T01:30:00Z"), "en"));
  });
});
