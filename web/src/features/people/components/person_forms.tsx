// What an administrator changes of a person. Each form shows what the server found wrong, at its field.
import { useState } from "preact/hooks";
import { Field, problem_of } from "~/components/field";
import { FormActions, FormProblem } from "~/components/form_parts";
import type { Grant, Person, PersonWithPassword } from "~/lib/admin_types";
import { useOrder } from "~/lib/hooks";
import { t } from "~/lib/i18n/translate";
import { add_person, reset_password, set_grant, type PasswordChoice } from "../api/people";
import { grant_params, GrantFields } from "./grant_fields";
import { OwnPasswordField, password_params, PasswordChoiceFields } from "./password_fields";

const made: PasswordChoice = { password: null, must_change: true };

export function NewPersonForm({ done, cancel }: { done: (made: PersonWithPassword) => Promise<void>; cancel: () => void }) {
  const [name, set_name] = useState("");
  const [grant, set_grant_now] = useState<Grant>({ role: "viewer", lines: [], labels: [] });
  const [choice, set_choice] = useState(made);
  const [own, set_own] = useState("");
  const { busy, problem, run } = useOrder();
  return (
    <form
      class="form panel"
      aria-label={t("people.new")}
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => done(await add_person(name.trim(), grant, choice, own)));
      }}
    >
      <Field label={t("people.name")} hint={t("people.name_hint")} problem={problem_of(problem, "name")}>
        {(input) => <input {...input} class="text-input" value={name} required maxLength={64} autocomplete="off" autocapitalize="none" spellcheck={false} onInput={(event) => set_name(event.currentTarget.value)} />}
      </Field>
      <GrantFields grant={grant} on_change={set_grant_now} problem={problem} />
      <PasswordChoiceFields choice={choice} on_change={set_choice} problem={problem} />
      <OwnPasswordField value={own} on_change={set_own} problem={problem} />
      <FormProblem problem={problem} at_fields={["name", "own_password", ...grant_params(grant), ...password_params(choice)]} />
      <FormActions go={t("people.add")} busy={busy} cancel={cancel} />
    </form>
  );
}

export function GrantForm({ person, done, cancel }: { person: Person; done: () => Promise<void>; cancel: () => void }) {
  const [grant, set_grant_now] = useState<Grant>({ role: person.role, lines: person.lines, labels: person.labels });
  const [own, set_own] = useState("");
  const { busy, problem, run } = useOrder();
  return (
    <form
      class="form form-sunken"
      aria-label={t("people.rights_of", { name: person.name })}
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          await set_grant(person.name, grant, own);
          await done();
        });
      }}
    >
      <GrantFields grant={grant} on_change={set_grant_now} problem={problem} />
      <OwnPasswordField value={own} on_change={set_own} problem={problem} />
      <FormProblem problem={problem} at_fields={["own_password", ...grant_params(grant)]} />
      <FormActions go={t("people.save")} busy={busy} cancel={cancel} />
    </form>
  );
}

export function PasswordForm({ person, done, cancel }: { person: Person; done: (made: PersonWithPassword) => Promise<void>; cancel: () => void }) {
  const [choice, set_choice] = useState(made);
  const [own, set_own] = useState("");
  const { busy, problem, run } = useOrder();
  return (
    <form
      class="form form-sunken"
      aria-label={t("people.password_of", { name: person.name })}
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => done(await reset_password(person.name, choice, own)));
      }}
    >
      <PasswordChoiceFields choice={choice} on_change={set_choice} problem={problem} />
      <OwnPasswordField value={own} on_change={set_own} problem={problem} />
      <FormProblem problem={problem} at_fields={["own_password", ...password_params(choice)]} />
      <FormActions go={t("people.set_password")} busy={busy} cancel={cancel} />
    </form>
  );
}

/** A step that is asked about once more: what it does, and one's own password where it gives access. */
export function ConfirmForm({ label, what, go, with_password, work, cancel }: { label: string; what: string; go: string; with_password: boolean; work: (own_password: string) => Promise<unknown>; cancel: () => void }) {
  const [own, set_own] = useState("");
  const { busy, problem, run } = useOrder();
  return (
    <form
      class="form form-sunken"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        void run(() => work(own));
      }}
    >
      <p>{what}</p>
      {with_password && <OwnPasswordField value={own} on_change={set_own} problem={problem} />}
      <FormProblem problem={problem} at_fields={with_password ? ["own_password"] : []} />
      <FormActions go={go} busy={busy} cancel={cancel} />
    </form>
  );
}
