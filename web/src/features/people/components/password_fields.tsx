// Passwords in forms: one's own again, and another's, typed or made by the server.
import { useEffect, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Field, problem_of, Tick } from "~/components/field";
import { now_ms } from "~/lib/clock";
import type { ApiError } from "~/lib/fetch";
import { t } from "~/lib/i18n/translate";
import { load_session, session } from "~/lib/session";
import type { PasswordChoice } from "../api/people";

const poll_ms = 1_000;
const patience_ms = 600_000; // as long as the server waits for who went to the provider

/** The identity provider asks again, in a window of its own: what was typed here stays. */
function ConfirmByProvider({ until_ms }: { until_ms: number | null }) {
  const [begun_ms, set_begun] = useState<number | null>(null);
  const name = session.value?.sign_in_with ?? "";
  const confirmed = until_ms !== null && until_ms > now_ms.value;
  const waiting = !confirmed && begun_ms !== null && now_ms.value - begun_ms < patience_ms;
  useEffect(() => void load_session(), []); // the last one may be spent
  useEffect(() => {
    if (!waiting) return undefined;
    const timer = setInterval(() => void load_session(), poll_ms);
    return () => clearInterval(timer);
  }, [waiting]);
  return (
    <div class="field" data-confirm={confirmed ? "done" : waiting ? "waiting" : ""}>
      {!confirmed && (
        <Button
          onClick={() => {
            set_begun(now_ms.peek());
            open("/api/oidc/confirm", "_blank");
          }}
        >
          {t("people.confirm_with", { name })}
        </Button>
      )}
      <p class="quiet" role="status">
        {confirmed ? t("people.confirmed") : waiting ? t("people.confirming", { name }) : t("people.confirm_hint", { name })}
      </p>
    </div>
  );
}

/** Whoever found this screen logged in does not know it, nor can sign in again. */
export function OwnPasswordField(props: { value: string; on_change: (value: string) => void; problem: ApiError | null; label?: string }) {
  const confirm = session.value?.confirm;
  if (!confirm || props.label) return <PasswordAgain {...props} required />;
  const wrong = problem_of(props.problem, "own_password");
  return (
    <>
      <ConfirmByProvider until_ms={confirm.until_ms} />
      {confirm.password && <PasswordAgain {...props} required={false} />}
      {wrong && !confirm.password && (
        <p class="field-problem" role="alert">
          {wrong}
        </p>
      )}
    </>
  );
}

function PasswordAgain({ value, on_change, problem, label, required }: { value: string; on_change: (value: string) => void; problem: ApiError | null; label?: string; required: boolean }) {
  return (
    <Field label={label ?? t("people.own_password")} {...(label ? {} : { hint: t("people.own_password_hint") })} problem={problem_of(problem, "own_password")}>
      {(input) => (
        <input {...input} class="text-input" type="password" value={value} autocomplete="current-password" required={required} maxLength={1024} onInput={(event) => on_change(event.currentTarget.value)} />
      )}
    </Field>
  );
}

/** What of a choice has a field, where a mistake can be shown. */
export const password_params = (choice: PasswordChoice) => (choice.password === null ? [] : ["password"]);

export function PasswordChoiceFields({ choice, on_change, problem }: { choice: PasswordChoice; on_change: (choice: PasswordChoice) => void; problem: ApiError | null }) {
  const { password } = choice;
  return (
    <fieldset>
      <legend>{t("people.password")}</legend>
      <Tick
        label={t("people.make_password")}
        checked={password === null}
        on_change={(made) => on_change({ password: made ? null : "", must_change: true })}
      />
      {password !== null && (
        <>
          <Field label={t("people.type_password")} hint={t("people.password_hint")} problem={problem_of(problem, "password")}>
            {(input) => (
              <input {...input} class="text-input" type="password" value={password} autocomplete="new-password" required maxLength={1024} onInput={(event) => on_change({ ...choice, password: event.currentTarget.value })} />
            )}
          </Field>
          <Tick label={t("people.must_change")} checked={choice.must_change} on_change={(must_change) => on_change({ ...choice, must_change })} />
        </>
      )}
    </fieldset>
  );
}
