// What somebody sees who logged in with a password that was handed out: nothing else until it is theirs.
import { useEffect } from "preact/hooks";
import { lang, t } from "~/lib/i18n/translate";
import { OwnPasswordForm } from "./own_password_form";
import "~/components/field.css";
import "./people.css";

export function ChoosePasswordPage() {
  const title = `${t("account.choose")} · ${t("app.name")}`;
  useEffect(() => {
    document.title = title;
    document.documentElement.lang = lang.value === "zh" ? "zh-CN" : "en";
  }, [title]);
  return (
    <main class="choose-password" id="main">
      <h1>{t("account.choose")}</h1>
      <p>{t("account.choose_hint")}</p>
      <OwnPasswordForm first done={() => location.reload()} />
    </main>
  );
}
