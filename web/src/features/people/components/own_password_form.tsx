// Choosing another password for oneself.
import { useState } from "preact/hooks";
import { Field, problem_of } from "~/components/field";
import { FormActions, FormProblem } from "~/components/form_parts";
import { useOrder } from "~/lib/hooks";
import { t } from "~/lib/i18n/translate";
import { change_own_password } from "../api/people";
import { OwnPasswordField } from "./password_fields";

export function OwnPasswordForm({ done, first = false }: { done: () => void; first?: boolean }) {
  const [own, set_own] = useState("");
  const [password, set_password] = useState("");
  const { busy, problem, run } = useOrder();
  return (
    <form
      class="form"
      aria-label={t("account.password")}
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          await change_own_password(own, password);
          set_own("");
          set_password("");
          done();
        });
      }}
    >
      <OwnPasswordField value={own} on_change={set_own} problem={problem} label={t(first ? "account.given_password" : "account.old_password")} />
      <Field label={t("account.new_password")} hint={t("people.password_hint")} problem={problem_of(problem, "password")}>
        {(input) => <input {...input} class="text-input" type="password" value={password} autocomplete="new-password" required maxLength={1024} onInput={(event) => set_password(event.currentTarget.value)} />}
      </Field>
      <FormProblem problem={problem} at_fields={["own_password", "password"]} />
      <FormActions go={t("account.change")} busy={busy} />
    </form>
  );
}
