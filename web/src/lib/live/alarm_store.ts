// Alarms that are not normal: fetched when the stream opens, then followed by events.
import { computed } from "@preact/signals";
import type { Alarm, AlarmList } from "../alarm_types";
import { get_json } from "../fetch";
import { resource } from "../loadable";
import { on_connected, on_event } from "./connection";

const alarm_resource = resource(() => get_json<AlarmList>("/api/alarms"));
export const alarms = alarm_resource.state;
export const load_alarms = alarm_resource.load;

/** Where an alarm belongs for whoever looks: somebody has to act, it stands, it is put aside. */
export type AlarmGroup = "to_see_to" | "standing" | "aside";

export function group_of(alarm: Alarm): AlarmGroup {
  if (alarm.state === "unacknowledged" || alarm.state === "returned") return "to_see_to";
  if (alarm.state === "acknowledged" || alarm.state === "latched") return "standing";
  return "aside";
}

/** Alarms that hold or wait for somebody, those put aside not among them. */
export const standing = computed(() => (alarms.value.data?.alarms ?? []).filter((alarm) => group_of(alarm) !== "aside").length);

export const to_see_to = computed(() => alarms.value.data?.load.unacknowledged ?? 0);

export function start_alarms(): void {
  on_event("alarms", (data) => alarm_resource.set(data as AlarmList));
  on_connected(() => void load_alarms());
}
