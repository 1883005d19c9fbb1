// What people do with alarms, and the journal of it.
import type { Alarm, AlarmJournal } from "~/lib/alarm_types";
import { get_json } from "~/lib/fetch";

export type AlarmAction = "acknowledge" | "reset" | "shelve" | "unshelve" | "out_of_service" | "in_service";

export interface AlarmOrder {
  alarm: string;
  action: AlarmAction;
  note?: string;
  minutes?: number; // of shelve
}

export function act_on_alarm(order: AlarmOrder): Promise<Alarm> {
  return get_json<Alarm>("/api/alarms/actions", { method: "POST", body: order });
}

/** Newest first; `before`: the number of the last entry of the page before. */
export function read_journal(before: number | null): Promise<AlarmJournal> {
  return get_json<AlarmJournal>(`/api/alarms/journal?limit=50${before === null ? "" : `&before=${before}`}`);
}
