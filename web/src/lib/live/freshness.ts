// How far a value can be trusted right now, as it is shown.
import type { LatestValue } from "../api_types";

export type Freshness = "good" | "uncertain" | "bad" | "stale" | "no_data";

const stale_ms = 15_000;

/** The server judges silence itself; only while it cannot be heard does the console count the age. */
export function freshness(latest: LatestValue, now_ms: number, connected: boolean): Freshness {
  // A text tag that is known to say nothing is empty, not silent.
  if (latest.ts_ms === 0 || (latest.value === null && latest.text === "" && latest.since_ms === undefined)) return "no_data";
  if (latest.quality === "bad") return "bad";
  if (!connected && now_ms - latest.ts_ms > stale_ms) return "stale";
  return latest.quality;
}
