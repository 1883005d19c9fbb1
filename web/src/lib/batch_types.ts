// Wire shapes of GET /api/plant/batches.
import type { Text } from "./api_types";

/** A batch of a machine, or of a line where `asset` is empty. */
export interface Batch {
  batch: string; // its number
  product: string; // code; empty: not known
  product_name: Text | null;
  asset: string;
  line: string;
  start_ms: number;
  end_ms: number | null; // null: it runs
  running: boolean;
  told_by: string; // empty: the machine's text tag says it
  doubts: { code: string; text: Text }[];
  parts: number | null;
  good: number | null;
  oee: number | null; // 0..1
  performance: number | null;
}

export interface BatchList {
  simulated: boolean;
  from_ms: number;
  to_ms: number;
  batches: Batch[];
  cut: boolean; // there are more: these are the latest
}
