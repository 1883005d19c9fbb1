// A live value: number, unit, and how far it can be trusted. Good values carry no mark (calm when
// all is well); the others are hatched and say why and how old they are.
import type { LatestValue, Tag } from "~/lib/api_types";
import { now_ms } from "~/lib/clock";
import { duration_text, number_text, unit_text } from "~/lib/format";
import { lang, say, t } from "~/lib/i18n/translate";
import { connection } from "~/lib/live/connection";
import { freshness, type Freshness } from "~/lib/live/freshness";
import { state_name } from "~/lib/live/plant_store";
import { Icon, type IconName } from "./icon";
import "./value.css";

const icons: Record<Exclude<Freshness, "good">, IconName> = {
  uncertain: "question",
  bad: "warning",
  stale: "clock",
  no_data: "close",
};

export function live_freshness(latest: LatestValue): Freshness {
  const connected = connection.value.state !== "lost";
  // The clock is read only where the age counts, so that a good value is not redrawn each second.
  return freshness(latest, connected ? latest.ts_ms : now_ms.value, connected);
}

export function QualityMark({ latest, age = true }: { latest: LatestValue; age?: boolean }) {
  const fresh = live_freshness(latest);
  if (fresh === "good") return null;
  const old = age && latest.ts_ms > 0 && fresh !== "uncertain";
  return (
    <span class={`quality quality-${fresh}`} title={say(latest.reason)}>
      <Icon name={icons[fresh]} size={16} />
      <span>
        {t(`quality.${fresh}`)}
        {old && ` · ${t("quality.age", { duration: duration_text(now_ms.value - latest.ts_ms, lang.value) })}`}
      </span>
    </span>
  );
}

export function LiveValue({ tag, latest, kind, large = false }: { tag: Tag; latest: LatestValue; kind: string; large?: boolean }) {
  const fresh = live_freshness(latest);
  const text =
    tag.kind === "state"
      ? say(state_name(kind, latest.text)) || "–"
      : tag.kind === "text"
        ? latest.text || "–"
        : number_text(latest.value, lang.value, tag.decimals ?? (tag.kind === "counter" ? 0 : undefined));
  return (
    <span class={`value value-${fresh}${large ? " value-large" : ""}`}>
      <span class="value-number">{text}</span>
      {tag.unit !== "" && <span class="value-unit">{unit_text(tag.unit)}</span>}
    </span>
  );
}
