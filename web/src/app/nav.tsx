import { Icon, type IconName } from "~/components/icon";
import { ask_href } from "~/features/ask/state/conversations";
import { t, type MessageKey } from "~/lib/i18n/translate";
import { to_see_to } from "~/lib/live/alarm_store";
import { link, route } from "~/lib/router";

interface Area {
  page: "ask" | "plant" | "alarms" | "models" | "system";
  icon: IconName;
  label: MessageKey;
  to: () => string;
}

// Only areas that exist.
const areas: Area[] = [
  { page: "ask", icon: "ask", label: "nav.ask", to: () => ask_href() },
  { page: "plant", icon: "plant", label: "nav.plant", to: () => link("/plant") },
  { page: "alarms", icon: "bell", label: "nav.alarms", to: () => link("/alarms") },
  { page: "models", icon: "models", label: "nav.models", to: () => link("/models") },
  { page: "system", icon: "system", label: "nav.system", to: () => link("/system") },
];

export function Nav({ place }: { place: "rail" | "bottom-bar" }) {
  const page = route.value.page;
  return (
    <nav class={place} aria-label={t("app.navigation")}>
      {areas.map((area) => {
        const here = area.page === page || (area.page === "plant" && page === "asset");
        return (
          <a key={area.page} href={area.to()} class="nav-link" {...(here ? { "aria-current": "page" as const } : {})}>
            <Icon name={area.icon} />
            <span>{t(area.label)}</span>
            {area.page === "alarms" && to_see_to.value > 0 && (
              <span class="nav-count">
                {to_see_to.value}
                <span class="visually-hidden"> {t("alarm_group.to_see_to")}</span>
              </span>
            )}
          </a>
        );
      })}
    </nav>
  );
}
