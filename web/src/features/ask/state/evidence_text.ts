// What an evidence says, in few words.
import type { Evidence } from "~/lib/api_types";
import { duration_text, number_text, percent_text, quantity_text } from "~/lib/format";
import { has_message, lang, say, t } from "~/lib/i18n/translate";
import { find_asset, find_tag, state_name } from "~/lib/live/plant_store";

export function fact_text(fact: string): string {
  const key = `fact.${fact}`;
  return has_message(key) ? t(key) : fact.replaceAll("_", " ");
}

/** The value as shown: durations as durations, states by their name, the rest with unit. */
export function evidence_value(evidence: Evidence): string {
  const language = lang.value;
  const { value, fact, unit, text } = evidence;
  if (fact === "asset") return say(find_asset(evidence.asset)?.name) || text;
  if (fact === "transition" || (value === null && text !== "")) {
    const kind = find_asset(evidence.asset)?.kind ?? "";
    return fact === "transition" || fact === "state" ? say(state_name(kind, text)) : text;
  }
  if (value === null) return t("quality.no_data");
  if (/_s$/.test(fact) && (unit === "s" || unit === "")) return duration_text(value * 1000, language);
  if (fact === "good_share") return percent_text(value, language);
  if (Number.isInteger(value) && /count|entries|checked/.test(fact)) return number_text(value, language, 0);
  const own = find_tag(evidence.tag)?.tag;
  const decimals = own?.unit === unit && own.decimals !== undefined ? own.decimals + (/slope|stddev/.test(fact) ? 1 : 0) : undefined;
  const sign = value > 0 && /^(change|difference|slope)/.test(fact) ? "+" : ""; // a change has a direction
  return sign + quantity_text(value, unit, language, decimals);
}

/** "CNC-2 · spindle temperature", as far as it is known. */
export function evidence_subject(evidence: Evidence): string {
  const found = find_tag(evidence.tag);
  if (found) return `${say(found.asset.name)} · ${say(found.tag.name)}`;
  return say(find_asset(evidence.asset)?.name) || evidence.tag || evidence.asset;
}

export function evidence_line(evidence: Evidence): string {
  return [fact_text(evidence.fact), evidence_subject(evidence), evidence_value(evidence), evidence.source].filter((part) => part !== "").join(" · ");
}
