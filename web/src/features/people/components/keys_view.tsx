// Keys of programs: what each reaches, until when, when it was used last.
import { useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Field, problem_of, Tick } from "~/components/field";
import { FormActions, FormProblem } from "~/components/form_parts";
import { Icon } from "~/components/icon";
import { Notice } from "~/components/notice";
import type { Grant, KeyScope, ServiceKey } from "~/lib/admin_types";
import { now_ms } from "~/lib/clock";
import { moment_text } from "~/lib/format";
import { useOrder } from "~/lib/hooks";
import { lang, t } from "~/lib/i18n/translate";
import { create_key, revoke_key } from "../api/people";
import { grant_params, GrantFields } from "./grant_fields";
import { OwnPasswordField } from "./password_fields";
import { GrantFacts } from "./person_item";

const scopes: readonly KeyScope[] = ["models", "plant", "metrics"];
const day_choices = [30, 90, 365, 0] as const;

export function NewKeyForm({ done, cancel }: { done: (key: string) => Promise<void>; cancel: () => void }) {
  const [name, set_name] = useState("");
  const [grant, set_grant] = useState<Grant>({ role: "viewer", lines: [], labels: [] });
  const [reach, set_reach] = useState<KeyScope[]>(["models"]);
  const [days, set_days] = useState<number>(90);
  const [own, set_own] = useState("");
  const { busy, problem, run } = useOrder();
  return (
    <form
      class="form panel"
      aria-label={t("people.new_key")}
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => done((await create_key(name.trim(), grant, reach, days, own)).key));
      }}
    >
      <Field label={t("people.key_name")} hint={t("people.key_name_hint")} problem={problem_of(problem, "name")}>
        {(input) => <input {...input} class="text-input" value={name} required maxLength={64} autocomplete="off" autocapitalize="none" spellcheck={false} onInput={(event) => set_name(event.currentTarget.value)} />}
      </Field>
      <fieldset>
        <legend>{t("people.scopes")}</legend>
        {scopes.map((scope) => (
          <Tick key={scope} label={t(`key_scope.${scope as "models" | "plant" | "metrics"}`)} checked={reach.includes(scope)} on_change={(on) => set_reach(on ? [...reach, scope] : reach.filter((each) => each !== scope))} />
        ))}
        {problem_of(problem, "scope", "scopes") && <p class="field-problem">{problem_of(problem, "scope", "scopes")}</p>}
      </fieldset>
      <GrantFields grant={grant} on_change={set_grant} problem={problem} />
      <Field label={t("people.valid_for")} problem={problem_of(problem, "days")}>
        {(input) => (
          <select {...input} class="select" value={String(days)} onChange={(event) => set_days(Number(event.currentTarget.value))}>
            {day_choices.map((each) => (
              <option key={each} value={String(each)}>
                {each === 0 ? t("people.for_ever") : t("people.days", { n: each })}
              </option>
            ))}
          </select>
        )}
      </Field>
      <OwnPasswordField value={own} on_change={set_own} problem={problem} />
      <FormProblem problem={problem} at_fields={["name", "scope", "scopes", "days", "own_password", ...grant_params(grant)]} />
      <FormActions go={t("people.make_key")} busy={busy} cancel={cancel} />
    </form>
  );
}

function KeyItem({ item, changed }: { item: ServiceKey; changed: () => Promise<void> }) {
  const { busy, problem, run } = useOrder();
  const time = (ms: number) => moment_text(ms, now_ms.value, lang.value);
  return (
    <li class="panel person" data-key={item.id} data-state={item.state}>
      <h2 class="person-name">
        {item.name} <span class="quiet mono">{item.id}</span>
        <span class="chip">
          <Icon name={item.state === "valid" ? "check" : item.state === "expired" ? "clock" : "off"} size={16} />
          {t(`key_state.${item.state}`)}
        </span>
      </h2>
      <dl class="facts">
        <dt>{t("people.scopes")}</dt>
        <dd>{item.scopes.map((scope) => (scope === "*" ? t("who.all") : t(`key_scope.${scope}`))).join(", ")}</dd>
        <GrantFacts grant={item} />
        <dt>{t("people.expires")}</dt>
        <dd>{item.expires_ms === null ? t("people.never") : time(item.expires_ms)}</dd>
        <dt>{t("people.used")}</dt>
        <dd>{item.used_ms === null ? t("people.never") : time(item.used_ms)}</dd>
      </dl>
      {item.state !== "revoked" && (
        <div class="form-actions">
          <Button
            icon="off"
            disabled={busy}
            aria-label={t("people.revoke_named", { name: item.name })}
            onClick={() =>
              void run(async () => {
                await revoke_key(item.id);
                await changed();
              })
            }
          >
            {t("people.revoke")}
          </Button>
        </div>
      )}
      <FormProblem problem={problem} />
    </li>
  );
}

export function KeysView({ keys, changed }: { keys: ServiceKey[]; changed: () => Promise<void> }) {
  if (keys.length === 0) return <Notice icon="key" title={t("people.no_keys")} hint={t("people.no_keys_hint")} />;
  return (
    <ul class="people-list">
      {keys.map((item) => (
        <KeyItem key={item.id} item={item} changed={changed} />
      ))}
    </ul>
  );
}
