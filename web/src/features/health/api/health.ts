// The health of machines, their cases, and what people do about both.
import { get_json } from "~/lib/fetch";
import type { HealthCard, MachineHealthList, MaintenanceCase, Outcome } from "~/lib/health_types";

export const read_health = () => get_json<MachineHealthList>("/api/maintenance/health");
export const read_cases = () => get_json<{ cases: MaintenanceCase[] }>("/api/maintenance/cases");
export const read_case = (number: number) => get_json<MaintenanceCase>(`/api/maintenance/cases/${number}`);
export const decide_case = (number: number, outcome: Outcome, note: string) => get_json<MaintenanceCase>(`/api/maintenance/cases/${number}/outcome`, { method: "POST", body: { outcome, note } });

export interface Training {
  asset: string;
  from_ms: number;
  to_ms: number;
  most_false: number;
  days: number;
}
export const train_health = (training: Training) => get_json<HealthCard>("/api/maintenance/models", { method: "POST", body: training, timeout_ms: 300_000 });
