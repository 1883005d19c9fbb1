// The health of machines, their cases, and what people do about both.
import { get_json } from "~/lib/fetch";
import type { AcceptedWork, CaseRecording, HealthCard, HealthReplayJob, HealthSchedule, HealthScheduleOrder, HealthVersions, MachineHealthList, MaintenanceCard, MaintenanceCase, Outcome, WorkOrder } from "~/lib/health_types";

export const read_health = () => get_json<MachineHealthList>("/api/maintenance/health");
export const read_cases = () => get_json<{ cases: MaintenanceCase[] }>("/api/maintenance/cases");
export const read_case = (number: number) => get_json<MaintenanceCase>(`/api/maintenance/cases/${number}`);
export const decide_case = (number: number, outcome: Outcome, note: string) => get_json<MaintenanceCase>(`/api/maintenance/cases/${number}/outcome`, { method: "POST", body: { outcome, note } });

export const read_recording = (number: number) => get_json<CaseRecording>(`/api/maintenance/cases/${number}/recording`);
export const recording_file = (number: number) => `/api/maintenance/cases/${number}/recording/csv`;

const of_work = (number: number) => `/api/maintenance/cases/${number}/work_order`;
/** `before_ms` 0: no latest time is named; then `by_life` says whether the remaining-life model's date counts. */
export interface WorkLimit {
  before_ms: number;
  by_life: boolean;
}
export const read_work = (number: number, mode: string, { before_ms, by_life }: WorkLimit) =>
  get_json<WorkOrder>(`${of_work(number)}?${new URLSearchParams({ ...(mode && { mode }), ...(before_ms > 0 && { before_ms: String(before_ms) }), ...(!by_life && { by_life: "0" }) })}`);
export interface WorkAcceptance {
  mode: string;
  before_ms?: number;
  by_life: boolean;
  start_ms: number;
  check: string;
  note: string;
}
export const accept_work = (number: number, acceptance: WorkAcceptance) => get_json<AcceptedWork>(of_work(number), { method: "POST", body: acceptance });

export interface Training {
  asset: string;
  from_ms: number;
  to_ms: number;
  most_false: number;
  days: number;
}
export const train_health = (training: Training) => get_json<HealthCard>("/api/maintenance/models", { method: "POST", body: training, timeout_ms: 300_000 });

const of_model = (asset: string) => `/api/maintenance/models/${encodeURIComponent(asset)}`;
export const read_versions = (asset: string) => get_json<HealthVersions>(of_model(asset));
const of_replay = (asset: string) => `${of_model(asset)}/replay`;
export const start_replay = (asset: string, version: number) => get_json<HealthReplayJob>(of_replay(asset), { method: "POST", body: { version } });
export const read_replay = (asset: string) => get_json<HealthReplayJob>(of_replay(asset));
export const cancel_replay = (asset: string) => get_json<HealthReplayJob>(of_replay(asset), { method: "DELETE" });
export const read_cards = () => get_json<{ cards: MaintenanceCard[] }>("/api/maintenance/cards");

const of_schedule = (asset: string) => `${of_model(asset)}/schedule`;
export const read_schedule = (asset: string) => get_json<HealthSchedule>(of_schedule(asset));
export const set_schedule = (asset: string, order: HealthScheduleOrder) => get_json<HealthSchedule>(of_schedule(asset), { method: "PUT", body: order });
export const remove_schedule = (asset: string) => get_json<HealthSchedule>(of_schedule(asset), { method: "DELETE" });
export type VersionDecision = "promote" | "reject" | "rollback";
export const decide_version = (asset: string, version: number, decision: VersionDecision) => get_json<HealthVersions>(`${of_model(asset)}/decisions`, { method: "POST", body: { version, decision } });
