// Passwords in forms: one's own again, and another's, typed or made by the server.
import { Field, problem_of, Tick } from "~/components/field";
import type { ApiError } from "~/lib/fetch";
import { t } from "~/lib/i18n/translate";
import type { PasswordChoice } from "../api/people";

/** Whoever found this screen logged in does not know it. */
export function OwnPasswordField({ value, on_change, problem, label }: { value: string; on_change: (value: string) => void; problem: ApiError | null; label?: string }) {
  return (
    <Field label={label ?? t("people.own_password")} {...(label ? {} : { hint: t("people.own_password_hint") })} problem={problem_of(problem, "own_password")}>
      {(input) => (
        <input {...input} class="text-input" type="password" value={value} autocomplete="current-password" required maxLength={1024} onInput={(event) => on_change(event.currentTarget.value)} />
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
