import { t } from "~/lib/i18n/translate";
import "./panel.css";

/** Stands wherever values come from a simulator. */
export function SimulatedMark() {
  return (
    <span class="chip chip-simulated" title={t("app.simulated_hint")}>
      {t("app.simulated")}
    </span>
  );
}
