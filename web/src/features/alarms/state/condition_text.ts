// A condition in words: "spindle temperature > 78 °C and (state is running or vibration is bad)".
import type { AlarmCondition } from "~/lib/alarm_types";
import { quantity_text } from "~/lib/format";
import { lang, say, t } from "~/lib/i18n/translate";
import { find_tag, state_name } from "~/lib/live/plant_store";

/** As many as were written: a limit is not rounded. */
function decimals_of(limit: number): number {
  return Math.min(/\.(\d+)$/.exec(String(limit))?.[1]?.length ?? (Number.isInteger(limit) ? 0 : 12), 12);
}

/** `asset`: whose tags need no machine's name. */
export function condition_text(condition: AlarmCondition, asset: string, inside = false): string {
  if ("not" in condition) return t("rules.text_not", { what: condition_text(condition.not, asset) });
  const parts = "all" in condition ? condition.all : "any" in condition ? condition.any : null;
  if (parts) {
    const text = parts.map((part) => condition_text(part, asset, true)).join(t("all" in condition ? "rules.text_and" : "rules.text_or"));
    return inside && parts.length > 1 ? t("rules.text_group", { what: text }) : text;
  }
  const compare = condition as Extract<AlarmCondition, { tag: string }>;
  const found = find_tag(compare.tag);
  const own = found ? say(found.tag.name) : compare.tag;
  const tag = found && found.asset.id !== asset ? `${say(found.asset.name)}: ${own}` : own;
  if ("bad" in compare) return t("rules.text_bad", { tag });
  if ("is" in compare) return t("rules.text_is", { tag, state: say(state_name(found?.asset.kind ?? "", compare.is)) });
  const limit = "above" in compare ? compare.above : compare.below;
  const quantity = (value: number) => quantity_text(value, found?.tag.unit ?? "", lang.value, decimals_of(value));
  const back = compare.hysteresis ? t("rules.text_back", { by: quantity(compare.hysteresis) }) : "";
  return `${tag} ${"above" in compare ? ">" : "<"} ${quantity(limit)}${back}`;
}
