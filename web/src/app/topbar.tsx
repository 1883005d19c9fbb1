import { IconButton } from "~/components/button";
import { Icon } from "~/components/icon";
import { RangePicker } from "~/components/range_picker";
import { SimulatedMark } from "~/components/simulated";
import { WhoMenu } from "~/features/session/components/who_menu";
import { now_ms } from "~/lib/clock";
import { clock_text, zone_text } from "~/lib/format";
import { choose_language, lang, t } from "~/lib/i18n/translate";
import { standing } from "~/lib/live/alarm_store";
import { attention, deaf, plant } from "~/lib/live/plant_store";
import { link, route } from "~/lib/router";
import { choose_theme, theme, type Theme } from "~/lib/theme";
import { ask_from_here, ask_key_name } from "./ask_anywhere";

function Attention() {
  const { data } = plant.value;
  if (!data || data.assets.length === 0) return null;
  const count = attention.value.length;
  const alarms = count === 0 && !deaf.value ? standing.value : 0; // a rule may look at what no machine's state says
  const wrong = count > 0 || deaf.value || alarms > 0;
  const words = count > 0 ? t("attention.some", { n: count }) : deaf.value ? t("broker.lost") : alarms > 0 ? t("attention.alarms", { n: alarms }) : t("attention.none");
  return (
    <a class={`attention${wrong ? " attention-some" : ""}`} href={alarms > 0 ? link("/alarms") : link("/plant", count > 0 ? { sort: "worst" } : {})} title={words}>
      <Icon name={wrong ? "warning" : "check_circle"} />
      <span class="attention-words">{words}</span>
      {count > 0 && (
        <span class="attention-count" aria-hidden="true">
          {count}
        </span>
      )}
    </a>
  );
}

function Clock() {
  return (
    <time class="clock nowrap" dateTime={new Date(now_ms.value).toISOString()}>
      {clock_text(now_ms.value, lang.value)} <span class="quiet">{zone_text(now_ms.value, lang.value)}</span>
    </time>
  );
}

const next_theme: Record<Theme, Theme> = { auto: "light", light: "dark", dark: "auto" };
const theme_icon = { auto: "auto", light: "sun", dark: "moon" } as const;

export function Topbar({ wide }: { wide: boolean }) {
  const data = plant.value.data;
  const chosen = theme.value;
  const with_range = route.value.page === "plant" || route.value.page === "asset";
  return (
    <header class="topbar">
      <a class="brand" href="/ask">
        <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="7" />
          <path d="M7 23V10l5 6 4-6 4 6 5-6v13" />
        </svg>
        <span class="brand-name">{t("app.name")}</span>
      </a>
      {data && (
        <span class="site">
          <span class="visually-hidden">{t("app.site")}</span>
          {data.site}
          {data.simulated && <SimulatedMark />}
        </span>
      )}
      <span class="topbar-space" />
      {wide && with_range && <RangePicker />}
      {wide && <Clock />}
      <Attention />
      <button type="button" class="ask-open" onClick={ask_from_here} title={t("ask.open_hint", { key: ask_key_name })} aria-keyshortcuts="Control+K Meta+K">
        <Icon name="ask" />
        <span class="ask-open-words">{t("ask.open")}</span>
        <kbd>{ask_key_name}</kbd>
      </button>
      <button
        type="button"
        class="language"
        lang={lang.value === "en" ? "zh" : "en"}
        onClick={() => choose_language(lang.value === "en" ? "zh" : "en")}
        aria-label={t("app.language_hint")}
        title={t("app.language_hint")}
      >
        {t("app.language")}
      </button>
      <IconButton
        icon={theme_icon[chosen]}
        label={t("app.theme", { theme: t(`app.theme_${chosen}`) })}
        onClick={() => choose_theme(next_theme[chosen])}
      />
      <WhoMenu />
    </header>
  );
}
