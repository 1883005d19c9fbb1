import { Icon, type IconName } from "~/components/icon";
import { ask_href } from "~/features/ask/state/conversations";
import { useMenu } from "~/lib/hooks";
import { t } from "~/lib/i18n/translate";
import { to_see_to } from "~/lib/live/alarm_store";
import { link, route } from "~/lib/router";
import { may_administer, session } from "~/lib/session";

interface Area {
  page: "ask" | "plant" | "tags" | "alarms" | "maintenance" | "connections" | "models" | "system" | "people" | "audit";
  icon: IconName;
  to: () => string;
  shown?: () => boolean;
}

// Only areas that exist; those of administrators to administrators, and People to whoever is alone here
// and can make the first one.
const areas: Area[] = [
  { page: "ask", icon: "ask", to: () => ask_href() },
  { page: "plant", icon: "plant", to: () => link("/plant") },
  { page: "alarms", icon: "bell", to: () => link("/alarms") },
  { page: "maintenance", icon: "health", to: () => link("/maintenance") },
  { page: "tags", icon: "tag", to: () => link("/tags") },
  { page: "connections", icon: "plug", to: () => link("/connections") },
  { page: "models", icon: "models", to: () => link("/models") },
  { page: "system", icon: "system", to: () => link("/system") },
  { page: "people", icon: "people", to: () => link("/people"), shown: () => may_administer(session.value) || session.value?.state === "open" },
  { page: "audit", icon: "audit", to: () => link("/audit"), shown: () => may_administer(session.value) },
];

/** As many as a thumb can tell apart at 390 px; the others lie behind one more. */
const in_bar = 4;

function AreaLink({ area }: { area: Area }) {
  const page = route.value.page;
  const here = area.page === page || (area.page === "plant" && page === "asset");
  return (
    <a href={area.to()} class="nav-link" {...(here ? { "aria-current": "page" as const } : {})}>
      <Icon name={area.icon} />
      <span>{t(`nav.${area.page}`)}</span>
      {area.page === "alarms" && to_see_to.value > 0 && (
        <span class="nav-count">
          {to_see_to.value}
          <span class="visually-hidden"> {t("alarm_group.to_see_to")}</span>
        </span>
      )}
    </a>
  );
}

function More({ areas: hidden }: { areas: Area[] }) {
  const { menu, close } = useMenu();
  const here = hidden.some((area) => area.page === route.value.page);
  return (
    <details class="nav-more" ref={menu}>
      <summary class={`nav-link${here ? " nav-link-here" : ""}`}>
        <Icon name="more" />
        <span>{t("nav.more")}</span>
      </summary>
      <div class="nav-more-card" onClick={close}>
        {hidden.map((area) => (
          <AreaLink key={area.page} area={area} />
        ))}
      </div>
    </details>
  );
}

export function Nav({ place }: { place: "rail" | "bottom-bar" }) {
  const shown = areas.filter((area) => area.shown?.() ?? true);
  const first = place === "rail" ? shown : shown.slice(0, in_bar);
  return (
    <nav class={place} aria-label={t("app.navigation")}>
      {first.map((area) => (
        <AreaLink key={area.page} area={area} />
      ))}
      {place === "bottom-bar" && <More areas={shown.slice(in_bar)} />}
    </nav>
  );
}
