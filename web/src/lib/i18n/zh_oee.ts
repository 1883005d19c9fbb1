// 综合效率面板的中文文本。
import type { en_oee } from "./en_oee";

export const zh_oee: Record<keyof typeof en_oee, string> = {
  "oee.title": "综合效率（OEE）",
  "oee.label": "{name}的综合效率",
  "oee.no_evidence": "证据不足",
  "oee.availability": "可用率",
  "oee.performance": "性能率",
  "oee.quality": "合格率",
  "oee.losses": "损失，从大到小",
  "oee.speed_loss": "低速运行与短暂停顿",
  "oee.quality_loss": "废品",
  "oee.scheduled": "计划时间 {time}",
  "oee.evidence": "状态有效率 {share}",
  "oee.how_availability": "计划工作 {busy} 中生产 {production}",
  "oee.how_performance": "{parts} 件，理想节拍 {cycle} 秒",
  "oee.how_quality": "{parts} 件中废品 {rejects} 件",
  "oee.failed": "无法计算综合效率",
};
