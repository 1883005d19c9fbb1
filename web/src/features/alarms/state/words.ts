// The texts of what a machine's page says of alarms, in both languages. They come with the second
// script (ADR 0077), so they are not part of the catalogue that everybody loads.
import type { Text } from "~/lib/api_types";
import { speaker } from "~/lib/i18n/translate";

const words = {
  title: { en: "Alarms and events", zh: "报警与事件" },
  standing: { en: "{n|1 alarm|# alarms} on this machine", zh: "该设备有 {n} 条报警" },
  none_now: { en: "No alarm stands on this machine.", zh: "该设备当前没有报警。" },
  happened: { en: "What happened in this time", zh: "该时段内发生的事件" },
  none: { en: "Nothing happened in this time", zh: "该时段内没有事件" },
  none_hint: { en: "Choose a longer time range to look further back.", zh: "如需查看更早的记录，请选择更长的时间范围。" },
  failed: { en: "The journal could not be read", zh: "无法读取报警记录" },
  cases_failed: { en: "Cases of machine health could not be read", zh: "无法读取设备健康案例" },
  note: { en: "Note something", zh: "添加记录" },
  note_text: { en: "What happened?", zh: "发生了什么？" },
  report_go: { en: "Read as a report", zh: "按维修报告读取" },
  report_read: { en: "What the report tells", zh: "报告内容" },
  role_noticed: { en: "noticed", zh: "现象" },
  role_cause: { en: "cause", zh: "原因" },
  role_done: { en: "done", zh: "措施" },
  role_result: { en: "result", zh: "结果" },
  role_other: { en: "other", zh: "其他" },
  by_model: { en: "{text} (so the model)", zh: "{text}（由模型判断）" },
  quoted: { en: "{words} (“{quote}”)", zh: "{words}（“{quote}”）" },
  report_parts: { en: "parts", zh: "备件" },
  report_standstill: { en: "stood", zh: "停机" },
  report_work: { en: "worked", zh: "工时" },
  report_hours: { en: "{hours} h", zh: "{hours} 小时" },
  report_kind: { en: "Kind (counted by it; may be empty)", zh: "类别（按此统计，可为空）" },
  report_modes: { en: "Failure modes that it may tell of: {list}", zh: "可能对应的故障模式：{list}" },
  report_when: { en: "It was from {from} to {to}", zh: "时间为 {from} 至 {to}" },
  note_go: { en: "Note it", zh: "保存记录" },
  noted: { en: "Note", zh: "记录" },
  noted_failed: { en: "Notes could not be read", zh: "无法读取事件记录" },
  goes_on: { en: "goes on", zh: "进行中" },
  until: { en: "until {time}", zh: "至 {time}" },
  marked: { en: "The trends mark the moments at which alarms came (filled) and went (open), in colour on the signal that the alarm looks at.", zh: "趋势图标出报警出现（实心）和消失（空心）的时刻，报警所监视的信号上以颜色标出。" },
  marked_since: { en: "Marked from {time} on; older ones are marked once they are shown here.", zh: "目前从 {time} 起标出；更早的记录在此显示后也会标出。" },
  case: { en: "Health: case {number}", zh: "设备健康：案例 {number}" },
  case_opened: { en: "ran unlike normal", zh: "偏离正常运行" },
  open: { en: "still open", zh: "待处理" },
  confirmed: { en: "confirmed", zh: "确认故障" },
  nothing_found: { en: "nothing found", zh: "未发现问题" },
  other: { en: "something else", zh: "其他原因" },
} as const satisfies Record<string, Text>;

export type Word = keyof typeof words;
export const a = speaker<Word>(words);
