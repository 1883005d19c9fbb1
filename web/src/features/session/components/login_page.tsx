// The first page where people have to say who they are. The code is asked for only after the
// password was right.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { error_text } from "~/lib/error_text";
import { ApiError, as_api_error } from "~/lib/fetch";
import { choose_language, lang, t } from "~/lib/i18n/translate";
import { log_in, session } from "~/lib/session";
import "./login_page.css";

export function LoginPage() {
  const [name, set_name] = useState("");
  const [password, set_password] = useState("");
  const [code, set_code] = useState("");
  const [with_code, set_with_code] = useState(false);
  const [busy, set_busy] = useState(false);
  const [error, set_error] = useState<ApiError | null>(null);
  const name_box = useRef<HTMLInputElement>(null);
  const code_box = useRef<HTMLInputElement>(null);
  const provider = session.value?.sign_in_with;
  const title = `${t("login.title")} · ${t("app.name")}`;

  useEffect(() => {
    document.title = title;
    document.documentElement.lang = lang.value === "zh" ? "zh-CN" : "en";
  }, [title]);
  // Before a key can go elsewhere.
  useLayoutEffect(() => name_box.current?.focus(), []);
  useLayoutEffect(() => code_box.current?.focus(), [with_code]);

  const send = async () => {
    set_busy(true);
    set_error(null);
    try {
      await log_in(name.trim(), password, code.trim().toLowerCase());
    } catch (thrown) {
      const problem = as_api_error(thrown);
      if (problem.param === "code") set_with_code(true);
      else set_error(problem);
      set_code("");
      set_busy(false);
    }
  };

  return (
    <main class="login" id="main">
      <form
        class="login-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void send();
        }}
      >
        <h1>{t("login.title")}</h1>
        {provider && (
          <>
            <a class="button button-strong" href="/api/oidc/login">
              {t("login.sign_in_with", { name: provider })}
            </a>
            <p class="quiet">{t("login.or")}</p>
          </>
        )}
        <label>
          <span>{t("login.name")}</span>
          <input ref={name_box} value={name} onInput={(event) => set_name(event.currentTarget.value)} autocomplete="username" autocapitalize="none" spellcheck={false} required maxLength={64} />
        </label>
        <label>
          <span>{t("login.password")}</span>
          <input type="password" value={password} onInput={(event) => set_password(event.currentTarget.value)} autocomplete="current-password" required maxLength={1024} />
        </label>
        {with_code && (
          <label>
            <span>{t("login.code")}</span>
            <input
              ref={code_box}
              value={code}
              onInput={(event) => set_code(event.currentTarget.value)}
              autocomplete="one-time-code"
              autocapitalize="none"
              spellcheck={false}
              required
              maxLength={32}
              aria-describedby="login-code-hint"
            />
            <span class="quiet" id="login-code-hint">
              {t("login.code_hint")}
            </span>
          </label>
        )}
        <p class="login-problem" role="alert">
          {error && error_text(error)}
        </p>
        <Button type="submit" kind="strong" disabled={busy}>
          {busy ? t("login.busy") : t("login.enter")}
        </Button>
        <Button kind="quiet" small lang={lang.value === "en" ? "zh" : "en"} onClick={() => choose_language(lang.value === "en" ? "zh" : "en")}>
          {t("app.language")}
        </Button>
      </form>
    </main>
  );
}
