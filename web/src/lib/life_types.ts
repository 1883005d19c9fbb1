// What GET /api/maintenance/life... answers; src/server/api/schemas/own.json describes it.
import type { Text } from "./api_types";

export type LifeKind = "range" | "too_early" | "unseen_regime";

/** A score of a model's card, with the split that it was counted on. */
export interface CardScore {
  metric: string;
  value: number;
  split: string;
  n: number;
}

export interface LifeModelInfo {
  name: string;
  columns: string[];
  time: string; // what its table counts time in
  row_step: number;
  cap: number;
  trained_assets: number;
  card: { scores: CardScore[]; limits: Text; trained_at: string };
  file?: string; // in the list of models
}

export interface LifePoint {
  at_ms: number;
  age: number;
  kind: LifeKind;
  low: number;
  point: number;
  high: number;
}

export interface LifeOrder {
  model: string;
  columns: Record<string, string>;
  states: string[];
  unit_s: number;
  since_ms: number;
  begins: string;
}

export interface MachineLife {
  asset: string;
  line: string;
  following: LifeOrder & { row_s: number; set_by: string; set_ms: number };
  model: LifeModelInfo;
  began_ms: number;
  by_event: boolean;
  answer: { kind: LifeKind; age: number; low: number; point: number; high: number; level: number; text: Text; reasons: { column: string; added: number }[] } | null;
  problem: Text;
  row_ms: number | null;
  wear_share: number;
  unknown_state_s: number;
  earliest_ms: number | null;
  latest_ms: number | null;
  likeliest_ms: number | null;
  course: LifePoint[];
  may_change: boolean;
}
