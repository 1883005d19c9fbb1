// The texts about histories in an earlier unit, in both languages; they come with a later script.
import type { Text } from "~/lib/api_types";
import { speaker } from "~/lib/i18n/translate";

const words = {
  title: { en: "Before the unit changed", zh: "单位变更之前的历史" },
  why: { en: "Values in an earlier unit are a history of their own: they are neither converted nor drawn into the line of now.", zh: "以原单位记录的数值是单独的历史：不换算，也不并入现在的曲线。" },
  until: { en: "until {time} in {unit}", zh: "截至 {time}，单位为 {unit}" },
  stored: { en: "stored as {id} since {time}", zh: "存储为 {id}，始于 {time}" },
  nothing: { en: "nothing usable is stored as {id} in {unit}", zh: "{id}（{unit}）没有可用的存储数据" },
  chart: { en: "Show chart", zh: "查看曲线" },
  chart_of: { en: "{name} in {unit}, before the change", zh: "{name}（{unit}，变更前）" },
  apart: { en: "{id}, in {unit}. Now the signal is in {now}; values of both are not mixed.", zh: "{id}，单位为 {unit}。该信号现在的单位为 {now}；两种单位的数值不混合。" },
} as const satisfies Record<string, Text>;

export const w = speaker<keyof typeof words>(words);
