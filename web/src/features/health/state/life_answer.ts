// The answer of a model of remaining life in a sentence: the list of machines has it, too.
import type { Text } from "~/lib/api_types";
import { clock_text, date_text, percent_text } from "~/lib/format";
import { lang, say, speaker } from "~/lib/i18n/translate";
import type { MachineLife } from "~/lib/life_types";

const words = {
  life: { en: "Remaining life", zh: "剩余寿命" },
  range: { en: "Fails between {from} and {to}, with {level} certainty", zh: "预计在 {from} 至 {to} 之间失效，把握 {level}" },
  too_early: { en: "Too early to say: not before {from}, with {level} certainty", zh: "为时尚早：不会早于 {from}，把握 {level}" },
  unseen_regime: { en: "Never seen this regime: no date is given", zh: "从未见过该工况：不给出日期" },
  still: { en: "It hardly ran in the last week: no date is given", zh: "最近一周几乎未运行：不给出日期" },
  nothing: { en: "Nothing is claimed", zh: "不给出预测" },
} as const satisfies Record<string, Text>;
const said = speaker<keyof typeof words>(words);

export const life_title = () => said("life");
export const life_moment = (ms: number) => `${date_text(ms, lang.value)} ${clock_text(ms, lang.value).slice(0, 5)}`;

export function life_answer(life: MachineLife): string {
  const { answer } = life;
  if (!answer) return `${said("nothing")}: ${say(life.problem)}`;
  if (answer.kind === "unseen_regime") return said("unseen_regime");
  const level = percent_text(answer.level, lang.value);
  if (life.earliest_ms === null) return said("still");
  return life.latest_ms !== null ? said("range", { from: life_moment(life.earliest_ms), to: life_moment(life.latest_ms), level }) : said("too_early", { from: life_moment(life.earliest_ms), level });
}
