// The texts of the health pages in both languages. They come with the second script (ADR 0077), so
// they are not part of the catalogue that everybody loads.
import type { Text } from "~/lib/api_types";
import { message_text, say, type MessageValues } from "~/lib/i18n/translate";

const words = {
  title: { en: "Health", zh: "设备健康" },
  summary: { en: "Worst first. 100 is as in normal running; at 50 the agreed alarm begins.", zh: "最差的在前。100 表示与正常运行一致；降到 50 即触发约定的报警。" },
  none: { en: "No machine that you may see", zh: "没有您可查看的设备" },
  healthy: { en: "As in normal running", zh: "与正常运行一致" },
  alarm: { en: "Unlike normal running", zh: "偏离正常运行" },
  not_enough_evidence: { en: "Not enough evidence", zh: "依据不足" },
  never_seen: { en: "Never seen this regime", zh: "从未见过该工况" },
  sensor_fault: { en: "A sensor is at fault", zh: "传感器故障" },
  not_trained: { en: "Nobody said yet what is normal", zh: "尚未指定正常运行时段" },
  budget: { en: "False alarms in {days} days: {spent} of {most}", zh: "{days} 天内误报：{spent} / {most}" },
  exceeded: { en: "more than agreed", zh: "已超出约定" },
  deviates: { en: "What deviates", zh: "偏离的测点" },
  no_value: { en: "no good value of {tag}", zh: "{tag} 没有良好数据" },
  learned: { en: "Version {version}, learned from {from} to {to} by {who}", zh: "第 {version} 版，{who} 用 {from} 至 {to} 的数据训练" },
  split: { en: "Threshold and replay from later blocks of time of that stretch. {replay}", zh: "阈值与回放取自该时段中之后的时间块。{replay}" },
  open_case: { en: "Case {number}", zh: "案例 {number}" },
  cases: { en: "Cases", zh: "案例" },
  no_cases: { en: "No case yet", zh: "暂无案例" },
  back: { en: "All machines", zh: "全部设备" },
  opened: { en: "opened {time}", zh: "开始于 {time}" },
  evidence: { en: "Evidence", zh: "依据" },
  measured: { en: "measured", zh: "测量值" },
  normal: { en: "normal in this state", zh: "该状态下的正常范围" },
  share: { en: "share", zh: "占比" },
  tag: { en: "signal", zh: "测点" },
  nearest: { en: "Nearest past case", zh: "最相似的历史案例" },
  no_nearest: { en: "There is no earlier case like it", zh: "没有类似的历史案例" },
  alike: { en: "Case {number}, {asset}: {percent} alike", zh: "案例 {number}，{asset}：相似度 {percent}" },
  work: { en: "Proposed work order", zh: "建议工单" },
  to_fill: { en: "Parts and skills are for the plant to fill in.", zh: "备件和技能由工厂自行填写。" },
  outcome: { en: "What was found", zh: "处理结果" },
  open: { en: "still open", zh: "待处理" },
  confirmed: { en: "Confirmed", zh: "确认故障" },
  nothing_found: { en: "Nothing found", zh: "未发现问题" },
  other: { en: "Something else", zh: "其他原因" },
  note: { en: "Note", zh: "备注" },
  decided: { en: "{outcome}, by {who}", zh: "{outcome}（{who}）" },
  train: { en: "Say what is normal", zh: "指定正常时段" },
  train_machine: { en: "Machine", zh: "设备" },
  train_hours: { en: "It ran normally for the last so many hours", zh: "最近多少小时运行正常" },
  train_most: { en: "At most so many false alarms", zh: "最多误报次数" },
  train_days: { en: "in so many days", zh: "统计天数" },
  learn: { en: "Learn", zh: "学习" },
  learned_now: { en: "Learned: version {version}. {replay}", zh: "已学习：第 {version} 版。{replay}" },
} as const satisfies Record<string, Text>;

export type Word = keyof typeof words;
export const h = (word: Word, values: MessageValues = {}): string => message_text(say(words[word]), values);
