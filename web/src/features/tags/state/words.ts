// Texts of the CSV import that were added to the second script (ADR 0077), in both languages.
import type { Text } from "~/lib/api_types";
import { speaker } from "~/lib/i18n/translate";

const words = {
  take_last: { en: "Line {line}, the last, is whole: take it too", zh: "最后一行（第 {line} 行）是完整的，一并导入" },
} as const satisfies Record<string, Text>;

export type Word = keyof typeof words;
export const c = speaker<Word>(words);
