// The texts of the machine page's later parts in both languages. They come with the second script
// (ADR 0077), so they are not part of the catalogue that everybody loads.
import type { Text } from "~/lib/api_types";
import { speaker } from "~/lib/i18n/translate";

const words = {
  export: { en: "Export CSV", zh: "导出 CSV" },
  exporting: { en: "Reading the samples …", zh: "正在读取采样…" },
  export_hint: { en: "The samples themselves of the signals shown here, over the time range.", zh: "此处显示的信号在该时间范围内的原始采样。" },
  exported: { en: "{n|1 sample|# samples} written to {name}", zh: "已将 {n} 个采样写入 {name}" },
  export_none: { en: "There is no sample of these signals in this time: no file was written.", zh: "这些信号在该时段内没有采样，未写入文件。" },
  export_thinned: { en: "Samples before {time} were replaced by aggregates and are not in the file.", zh: "{time} 之前的采样已精简为聚合值，不在文件中。" },
  export_failed: { en: "No file was written", zh: "未写入文件" },
} as const satisfies Record<string, Text>;

export type Word = keyof typeof words;
export const p = speaker<Word>(words);
