// What GET /api/maintenance/... answers; src/server/api/schemas/own.json describes it.
import type { SeriesPoint, Text } from "./api_types";

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
  left_out: Stretch[]; // of confirmed and open cases
  most_false: number;
  days: number;
  step_s: number;
  threshold: number;
  blocks: number;
  block_s: number;
  p_value: number;
  replay: Text;
  replay_score: ContractScore;
  flat_tags: string[];
  unchecked_tags: string[];
  rare_states: string[];
  simulated: boolean;
  in_shadow?: boolean; // of a training
}

/** False alarms against the contract, over one split. */
export interface ContractScore {
  alarms: number;
  days: number;
  rate: number;
  rate_low: number;
  rate_high: number;
  kept: boolean;
}

export interface HealthReplay {
  version: number;
  made_by: string;
  made_ms: number;
  window: Stretch;
  judged_days: number;
  score: ContractScore;
  text: Text;
  cases: { number: number; outcome: Outcome | "open"; opened_ms: number; answer: "raised" | "missed" | "not_kept"; lead_s: number; from_recording: boolean }[];
  beside: { from_ms: number; to_ms: number; score: number }[];
  beside_count: number;
}

/** The last replay of a machine that ran on the server. */
export interface HealthReplayJob {
  state: "none" | "running" | "done" | "cancelled" | "failed" | "interrupted";
  version: number;
  by: string;
  started_ms: number | null;
  ended_ms: number | null;
  rows_done: number;
  rows: number; // 0: not known yet
  rows_per_s: number | null;
  left_s: number | null;
  problem: Text | null;
}

export interface HealthScheduleOrder {
  every_days: number;
  at: string; // "02:00", in the plant's zone
  history_days: number;
  most_false: number;
  days: number;
  promote: boolean;
}

export interface RetrainOutcome {
  result: "never" | "running" | "shadow" | "live" | "refused" | "interrupted";
  version: number; // 0: none
  at_ms: number | null;
  why: Text;
}

export interface HealthSchedule {
  asset: string;
  zone: string;
  may_set: boolean;
  schedule: (HealthScheduleOrder & { by: string; set_ms: number; next_ms: number; last: RetrainOutcome }) | null;
}

export interface SplitScore {
  metric: string;
  split: string; // random, time_block, asset_wise, group_wise, given_test
  value: number | null;
  low: number | null; // of single folds
  high: number | null;
  n: number;
  seeds: number;
}

/** The card of a model that was trained from a file; with a problem it has a name and nothing else. */
export interface MaintenanceCard {
  name: string;
  problem: Text | null;
  kind: "remaining_life" | "failure";
  trained_at: string;
  file: string;
  sha256: string;
  lines: string[];
  rows: number;
  assets: number;
  columns: number;
  failures: number;
  findings: { finding: string; handling: "told" | "handled" | "refused"; column: string; count: number; text: Text }[];
  scores: SplitScore[];
  splits_refused: { split: string; why: Text }[];
  limits: Text;
}

export type Stage = "live" | "shadow" | "earlier" | "rejected" | "replaced" | "rolled_back";

export interface HealthVersion {
  version: number;
  stage: Stage;
  who: string;
  at_ms: number;
  would_alarms: number;
  card: HealthCard | null;
  replay: HealthReplay | null;
  shut: Text[]; // in shadow: why it must not go live
}

export interface HealthVersions {
  asset: string;
  line: string;
  versions: HealthVersion[];
  before: number; // what a rollback makes live; 0: none
  replay_job: HealthReplayJob;
  may_decide: boolean;
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
  shadow: { version: number; verdict: Verdict; index: number | null; since_ms: number; would_alarms: number } | null;
  may_train: boolean;
  card: HealthCard | null;
}

export interface MachineHealthList {
  machines: MachineHealth[];
  simulated: boolean;
}

export type Outcome = "confirmed" | "nothing_found" | "other";

export interface CaseEvidence {
  tag: string;
  unit: string;
  value: number;
  normal_low: number;
  normal_high: number;
  share: number;
}

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
  evidence: CaseEvidence[];
  also: (CaseEvidence & { since_ms: number })[]; // began to deviate while it was open
  outcome: Outcome | "open";
  note: string;
  decided_by: string;
  decided_ms: number | null;
  nearest?: { number: number; asset: string; similarity: number; outcome: Outcome | "open"; note: string; work: Text | null } | null;
  work_order?: WorkOrder | null; // null: the machine is gone
  accepted_work?: AcceptedWork | null;
  recorded?: boolean;
  may_decide?: boolean;
  may_accept?: boolean;
}

/** A figure that the plant does not give is null. */
export type Given = number | null;

export interface CostLine {
  kind: "standstill" | "labour" | "part";
  id: string;
  what: Text;
  from_ms: Given;
  to_ms: Given;
  quantity: number; // hours, or pieces
  rate: Given;
  amount: Given;
}

export interface WorkWindow {
  kind: "at_once" | "shift" | "outside_shifts" | "planned_stop" | "chosen";
  name: Text | null;
  from_ms: number;
  to_ms: Given;
  lines: CostLine[];
  known: number; // sum of the amounts that are given
  complete: boolean;
  compared: boolean;
  shut: Text | null;
  check?: string;
}

/** What is done, whenever it is. */
export interface Work {
  mode: string; // empty: none of the plant's failure modes fits
  title: Text;
  steps: Text[];
  parts: { number: string; name: Text; quantity: number; in_stock: Given; price: Given; delivery_days: Given }[];
  work: { skill: string; name: Text; hours: number }[];
  standstill_h: Given;
  currency: string;
  not_given: Text[];
}

/** Until when the work is to be done, and who says so. */
export interface WorkLatest {
  before_given: boolean; // by a person
  by_life: boolean; // the remaining-life model's date is kept to
  life: { before_ms: number | null; certainty: number | null; held_share: number | null; model: string; row_ms: number | null; why: Text | null };
  late: Text | null; // no window ends before it
}

export interface WorkOrder extends Work, WorkLatest {
  modes: { id: string; name: Text; fit: number }[];
  ahead: Stretch;
  windows: WorkWindow[];
  proposed: number | null;
}

export interface AcceptedWork {
  by: string;
  at_ms: number;
  note: string;
  order: Work & Partial<WorkLatest> & { window: WorkWindow }; // of before without a date
}

export interface CaseRecording {
  number: number;
  from_ms: number;
  to_ms: number;
  opened_ms: number;
  thinned: string[];
  tags: { tag: string; unit: string; points: SeriesPoint[] }[];
}
