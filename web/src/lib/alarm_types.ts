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
  name: Text; // empty: the rule is no more
  asset: string;
  tag: string; // that the rule looks at; empty: not known
  unit: string;
  decimals: number;
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

/** What must hold (docs/formats/alarm_rule.md). */
export type AlarmCondition =
  | { all: AlarmCondition[] }
  | { any: AlarmCondition[] }
  | { not: AlarmCondition }
  | { tag: string; above: number; hysteresis?: number }
  | { tag: string; below: number; hysteresis?: number }
  | { tag: string; is: string }
  | { tag: string; bad: true };

export interface AlarmRule {
  id: string;
  name: Text;
  asset: string;
  priority: AlarmPriority;
  enabled: boolean;
  when: AlarmCondition;
  unless?: AlarmCondition;
  delay_on_s: number;
  delay_off_s: number;
  latching: boolean;
  cause?: Text;
  consequence?: Text;
  response?: Text;
  respond_within_min?: number;
  revision: string; // as it was read; empty: not there yet
}

export interface AlarmRuleList {
  rules: AlarmRule[];
  left_out: { id: string; problem: Text }[]; // they do not fit the plant any more
}

export interface AlarmRulePreview {
  from_ms: number | null; // null: there are no values
  to_ms: number | null;
  resolution_ms: number;
  raised: number;
  standing_ms: number;
  newest: { from_ms: number; to_ms: number }[];
}

/** Who is told when nobody acknowledges. */
export interface EscalationStep {
  name: string;
  after_ms: number;
  priority: AlarmPriority; // and all above
  lines: string[]; // "*": all
  channels: string[];
}

export interface MessageChannel {
  name: string;
  waiting: number;
  last_sent_ms: number | null;
  problem: Text | null;
  problem_ms: number | null;
  next_ms: number | null;
}

export interface AlarmMessage {
  channel: string;
  alarm: string;
  name: Text;
  step: string;
  ended: boolean;
  state: "waiting" | "sent" | "withdrawn" | "given_up";
  created_ms: number;
  done_ms: number | null;
  attempts: number;
  problem: Text | null;
}

export interface AlarmMessages {
  steps: EscalationStep[];
  channels: MessageChannel[];
  messages: AlarmMessage[]; // newest first
}
