// Wire shapes of GET /api/oee.
import type { Text } from "./api_types";

export type StateTime = "production" | "setup" | "unplanned_stop" | "planned_stop";

/** Shares are 0..1; null: not enough evidence, and remarks say of what. */
export interface Oee {
  asset: string;
  simulated: boolean;
  from_ms: number;
  to_ms: number;
  oee: number | null;
  availability: number | null;
  performance: number | null; // may exceed 1
  quality: number | null;
  remarks: { code: string; text: Text }[];
  inputs: {
    has_shifts: boolean;
    scheduled_s: number;
    busy_s: number;
    production_s: number;
    planned_stop_s: number;
    total: number | null;
    good: number | null;
    reject: number | null;
    ideal_cycle_s: number | null;
    products: { product: string; name: Text | null; ideal_cycle_s: number | null; production_s: number; parts: number }[];
    state_share: number;
    counter_share: number | null;
    tags: { state: string; total: string; good: string; reject: string; product: string };
  };
  states: { state: string; name: Text; time: StateTime; duration_s: number; entries: number }[];
  speed_loss_s: number | null;
  quality_loss_s: number | null;
}
