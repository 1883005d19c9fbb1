// Lines or labels that somebody may see, as people read them.
import { t } from "./i18n/translate";

export function names_text(names: readonly string[]): string {
  if (names.includes("*")) return t("who.all");
  return names.length === 0 ? t("app.none") : names.join(", ");
}
