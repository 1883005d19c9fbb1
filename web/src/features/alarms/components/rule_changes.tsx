// Before and after, in words: what saving would change of a rule.
import type { AlarmCondition, AlarmRule } from "~/lib/alarm_types";
import type { Text } from "~/lib/api_types";
import { say, t, type MessageKey } from "~/lib/i18n/translate";
import { find_asset } from "~/lib/live/plant_store";
import { condition_text } from "../state/condition_text";

const labels: Partial<Record<keyof AlarmRule, MessageKey>> = {
  name: "alarms.what", asset: "rules.asset", priority: "rules.priority", enabled: "rules.enabled", when: "rules.when", unless: "rules.unless", delay_on_s: "rules.delay_on", delay_off_s: "rules.delay_off",
  latching: "rules.latching", cause: "alarms.cause", consequence: "alarms.consequence", response: "alarms.response", respond_within_min: "rules.respond",
};

function words(key: keyof AlarmRule, value: unknown, asset: string): string {
  if (value === undefined || value === null || value === "") return t("rules.nothing");
  if (key === "when" || key === "unless") return condition_text(value as AlarmCondition, asset);
  if (typeof value === "boolean") return t(value ? "rules.yes" : "rules.no");
  if (key === "priority") return t(`alarm_priority.${value as AlarmRule["priority"]}`);
  if (key === "asset") return say(find_asset(value as string)?.name) || String(value);
  if (typeof value === "object") return [(value as Text).en, (value as Text).zh].filter((each) => each !== "").join(" / ");
  return String(value);
}

/** Both as they are sent. */
export function RuleChanges({ was, becomes }: { was: Record<string, unknown>; becomes: Record<string, unknown> }) {
  const changed = (Object.keys(labels) as (keyof AlarmRule)[]).filter((key) => JSON.stringify(was[key]) !== JSON.stringify(becomes[key]));
  if (changed.length === 0) return null;
  return (
    <section class="rule-changes" aria-label={t("rules.changes")}>
      <h3>{t("rules.changes")}</h3>
      <ul>
        {changed.map((key) => (
          <li key={key} data-change={key}>
            {t("rules.change", { what: t(labels[key] as MessageKey), was: words(key, was[key], String(was.asset)), becomes: words(key, becomes[key], String(becomes.asset)) })}
          </li>
        ))}
      </ul>
    </section>
  );
}
