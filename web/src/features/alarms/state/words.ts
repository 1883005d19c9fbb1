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
