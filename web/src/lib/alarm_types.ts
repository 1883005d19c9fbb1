// Alarms as the server sends them. Times are milliseconds since 1970 (UTC).
import type { Text } from "./api_types";

export type AlarmState = "normal" | "unacknowledged" | "acknowledged" | "returned" | "latched" | "shelved" | "suppressed" | "out_of_service";
export type AlarmPriority = "low" | "medium" | "high" | "critical";

export interface Alarm {
  id: string;
  name: Text;
  asset: string;
  asset_name: Text;
  line: string;
  priority: AlarmPriority;
  enabled: boolean;
  state: AlarmState;
  active: boolean; // the condition holds
  doubtful: boolean; // its values cannot be trusted: it stays as it was
  since_ms: number | null;
  changed_ms: number | null;
  shelved_until_ms: number | null;
  tag: string;
  value: number | null; // null: not good
  text: string;
  unit: string;
  decimals: number;
  cause: Text;
  consequence: Text;
  response: Text;
  respond_within_min: number; // 0: not said
  raised_in_hour: number;
  chattering: boolean;
  stale: boolean;
}

export interface AlarmLoad {
  standing: number;
  unacknowledged: number;
  shelved: number;
  chattering: number;
  stale: number;
  raised_in_10_min: number;
  flood: boolean;
}

export interface AlarmList {
  alarms: Alarm[]; // worst first
  load: AlarmLoad;
  may_operate: boolean;
  may_engineer: boolean;
}

export type AlarmEvent =
  | "raised" | "returned" | "acknowledged" | "reset" | "shelved" | "unshelved" | "suppressed" | "unsuppressed"
  | "out_of_service" | "in_service" | "doubtful" | "trusted";

export interface AlarmEntry {
  number: number;
  ts_ms: number;
  alarm: string;
  event: AlarmEvent;
  state: AlarmState;
  priority: AlarmPriority;
  who: string; // empty: the plant itself
  note: string;
  value: number | null;
}

export interface AlarmJournal {
  entries: AlarmEntry[];
}
