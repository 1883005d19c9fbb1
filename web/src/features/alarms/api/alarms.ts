// What people do with alarms.
import type { Alarm } from "~/lib/alarm_types";
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
