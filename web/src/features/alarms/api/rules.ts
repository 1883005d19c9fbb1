// What is an alarm: rules, what they would have done, and who is told when nobody acknowledges.
import type { AlarmMessages, AlarmRule, AlarmRuleList, AlarmRulePreview } from "~/lib/alarm_types";
import { get_json } from "~/lib/fetch";

export const list_rules = () => get_json<AlarmRuleList>("/api/alarms/rules");
export const put_rule = (rule: unknown) => get_json<AlarmRule>("/api/alarms/rules", { method: "PUT", body: rule });
export const preview_rule = (rule: unknown) => get_json<AlarmRulePreview>("/api/alarms/rules/preview", { method: "POST", body: rule, timeout_ms: 120_000 });
export const remove_rule = (id: string) => get_json<unknown>(`/api/alarms/rules/${encodeURIComponent(id)}`, { method: "DELETE" });
export const read_messages = () => get_json<AlarmMessages>("/api/alarms/messages");
