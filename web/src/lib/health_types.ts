// What GET /api/maintenance/... answers; src/server/api/schemas/own.json describes it.
import type { Text } from "./api_types";

export type Verdict = "healthy" | "alarm" | "not_enough_evidence" | "never_seen" | "sensor_fault" | "not_trained";

export interface Stretch {
  from_ms: number;
  to_ms: number;
}

export interface HealthCard {
  version: number;
  trained_by: string;
  trained_ms: number;
  fit: Stretch;
  threshold_window: Stretch;
  replay_window: Stretch;
  most_false: number;
  days: number;
  blocks: number;
  replay: Text;
  flat_tags: string[];
  unchecked_tags: string[];
  rare_states: string[];
}

export interface MachineHealth {
  asset: string;
  line: string;
  verdict: Verdict;
  state_name: Text;
  index: number | null;
  contributions: { tag: string; share: number }[];
  sensor: string;
  sensor_fault: Text;
  at_ms: number | null;
  open_case: number;
  budget: { most_false: number; spent: number; open: number; exceeded: boolean };
  may_train: boolean;
  card: HealthCard | null;
}

export interface MachineHealthList {
  machines: MachineHealth[];
  simulated: boolean;
}

export type Outcome = "confirmed" | "nothing_found" | "other";

export interface MaintenanceCase {
  number: number;
  asset: string;
  opened_ms: number;
  window: Stretch;
  state_name: Text;
  model_version: number;
  score: number;
  threshold: number;
  simulated: boolean;
  evidence: { tag: string; unit: string; value: number; normal_low: number; normal_high: number; share: number }[];
  outcome: Outcome | "open";
  note: string;
  decided_by: string;
  decided_ms: number | null;
  nearest?: { number: number; asset: string; similarity: number; outcome: Outcome | "open"; note: string } | null;
  work_order?: { title: Text; steps: Text[]; parts: string[]; skills: string[] };
  may_decide?: boolean;
}
