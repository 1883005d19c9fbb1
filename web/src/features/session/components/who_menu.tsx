// Who I am and what I may see, and the way out. <details> opens by keyboard without a script.
import { useState } from "preact/hooks";
import { Button } from "~/components/button";
import { error_text } from "~/lib/error_text";
import { as_api_error } from "~/lib/fetch";
import { useMenu } from "~/lib/hooks";
import { has_message, t } from "~/lib/i18n/translate";
import { names_text } from "~/lib/names_text";
import { ask_to_log_in, log_out, may_log_in, session } from "~/lib/session";
import "./who_menu.css";

function role_text(role: string): string {
  const key = `role.${role}`;
  return has_message(key) ? t(key) : role;
}

export function WhoMenu() {
  const { menu } = useMenu();
  const [problem, set_problem] = useState("");
  const now = session.value;
  if (!now?.who || now.state !== "in" || now.who.kind !== "person") return null;
  const { name, grants } = now.who;
  const leave = () => log_out().catch((thrown) => set_problem(error_text(as_api_error(thrown))));
  return (
    <details class="who" ref={menu}>
      <summary aria-label={t("who.menu", { name })}>{name}</summary>
      <div class="who-card">
        {grants.map((each, at) => (
          <dl key={at}>
            <dt>{t("who.role")}</dt>
            <dd>{role_text(each.role)}</dd>
            <dt>{t("who.lines")}</dt>
            <dd>{names_text(each.lines)}</dd>
            <dt>{t("who.labels")}</dt>
            <dd>{names_text(each.labels)}</dd>
          </dl>
        ))}
        {may_log_in(now) ? (
          <Button onClick={ask_to_log_in}>{t("login.enter")}</Button>
        ) : (
          <>
            <a class="button button-plain" href="/account">
              {t("who.account")}
            </a>
            <Button icon="off" onClick={() => void leave()}>
              {t("who.log_out")}
            </Button>
          </>
        )}
        <p role="alert">{problem}</p>
      </div>
    </details>
  );
}
