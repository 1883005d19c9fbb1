// What GET /api/maintenance/tables..., /lives and /trainings answer; src/server/api/schemas/own.json describes it.
import type { Text } from "./api_types";

export interface KeptTable {
  table: number;
  file: string;
  cut: boolean;
  lines: string[];
  by: string;
  added_ms: number;
  bytes: number;
  sha256: string;
}

export interface TableList {
  tables: KeptTable[];
  lines: string[];
  may_leave_open: boolean;
  most_bytes: number;
}

export type ColumnRole = "input" | "setting" | "asset" | "time" | "label" | "mode" | "ignored";
export type TrainedKind = "remaining_life" | "failure";

export interface TableMapping {
  form: "csv" | "blanks";
  headers: string[];
  asset: string;
  time: string;
  label: string;
  modes: string[];
  ignored: string[];
}

export interface TableColumn {
  name: string;
  unit: string;
  numbers: number;
  words: number;
  missing: number;
  distinct: number;
  binary: boolean;
  first: string[];
  guess: ColumnRole;
}

export interface TableColumns {
  table: KeptTable;
  rows: number;
  variables: string[];
  mapping: TableMapping;
  settings: string[];
  columns: TableColumn[];
}

export interface TableFinding {
  finding: string;
  handling: "told" | "handled" | "refused";
  column: string;
  count: number;
  text: Text;
}

export interface TableReport {
  kind: TrainedKind;
  trainable: boolean;
  time: string;
  life: { least: number; median: number; most: number } | null;
  rows: number;
  assets: number;
  columns: number;
  failures: number;
  findings: TableFinding[];
}

export interface TrainingOrder {
  table: number;
  name: string;
  replace: boolean;
  mapping: TableMapping;
  variable: string;
  splits: boolean;
  settings: string[];
  cap: number;
  regimes: number;
  seed: number;
}

export interface TableTraining {
  training: number;
  table: number;
  file: string;
  model: string;
  kind: TrainedKind;
  lines: string[];
  by: string;
  state: "running" | "done" | "cancelled" | "failed" | "interrupted";
  stage: "waiting" | "reading" | "trees" | "rules" | "scores";
  done: number;
  total: number;
  per_s: number | null;
  left_s: number | null;
  started_ms: number;
  ended_ms: number | null;
  problem: Text | null;
}

export interface LivesOrder {
  machines: string[];
  states: string[];
  begins: string;
  ends: string;
  row_s: number;
  since_ms: number;
}

export interface LivesCut {
  table: KeptTable;
  lives: number;
  rows: number;
  without_beginning: number;
  too_short: number;
}
