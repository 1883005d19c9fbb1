// People, keys and the audit log as the server sends them. Times are milliseconds since 1970 (UTC).
import type { Text } from "./api_types";
import type { Grant } from "./rights";

export { role_names, type Grant, type RoleName } from "./rights";

export interface Person extends Grant {
  name: string;
  groups: string[]; // what these give, the person has beside
  disabled: boolean;
  totp: boolean; // a second factor is asked for
  must_change: boolean; // logs in only to choose a password
  created_ms: number;
  last_login_ms: number | null;
  locked_until_ms: number | null;
  sessions: number;
}

export interface Group extends Grant {
  name: string;
  members: string[];
  created_ms: number;
}

export interface PersonWithPassword {
  person: Person;
  password: string | null; // the one that was made: told this once
}

export type KeyScope = "models" | "plant" | "metrics" | "*";

export interface ServiceKey extends Grant {
  id: string;
  name: string;
  scopes: KeyScope[];
  created_ms: number;
  expires_ms: number | null;
  used_ms: number | null;
  state: "valid" | "expired" | "revoked";
}

export interface TotpOffer {
  secret: string;
  uri: string;
  recovery_codes: string[];
}

export interface AuditRecord {
  seq: number;
  ts_ms: number;
  who: string;
  address: string;
  action: string;
  object: string;
  outcome: "done" | "refused" | "failed";
  detail: string;
}

export interface AuditRecords {
  records: AuditRecord[]; // newest first
  before: number | null; // of the next page
  damaged: boolean;
}

export interface AuditReport {
  intact: boolean;
  records: number; // that hold
  segments: number;
  first_ms: number | null;
  last_ms: number | null;
  torn_bytes: number;
  key: string | null;
  root: string | null;
  broken: { fault: string; seq: number; segment: string; offset: number; what: Text } | null;
}

export interface AuditCheck {
  state: "idle" | "running" | "done" | "failed";
  records: number;
  of: number;
  started_ms: number | null;
  ended_ms: number | null;
  report: AuditReport | null;
  problem: Text | null;
}
