// Samples a second of each way in over the last minutes, as this tab saw them: a trend beside the
// number, kept nowhere.
import type { Connector, SeriesPoint } from "../api_types";

export const kept_ms = 10 * 60_000;
const every_ms = 2_000;

const rates = new Map<string, SeriesPoint[]>();

export function note_rates(connectors: readonly Connector[], now_ms: number): void {
  for (const { name, samples_s } of connectors) {
    const known = rates.get(name) ?? [];
    const last = known.at(-1);
    if (last && now_ms - last[0] < every_ms) continue;
    const kept = known.filter(([at]) => now_ms - at <= kept_ms);
    kept.push([now_ms, samples_s, samples_s, samples_s]);
    rates.set(name, kept);
  }
}

export function rates_of(name: string): readonly SeriesPoint[] {
  return rates.get(name) ?? [];
}
