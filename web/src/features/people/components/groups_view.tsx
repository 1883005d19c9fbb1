// Groups of people: what everybody in one may do beside their own rights, and who is in it.
import { useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Field, problem_of } from "~/components/field";
import { FormActions, FormProblem } from "~/components/form_parts";
import { Notice } from "~/components/notice";
import type { Grant, Group, Person } from "~/lib/admin_types";
import { useOrder } from "~/lib/hooks";
import { t } from "~/lib/i18n/translate";
import { add_group, join_group, leave_group, remove_group, set_group_grant } from "../api/people";
import { grant_params, GrantFields } from "./grant_fields";
import { OwnPasswordField } from "./password_fields";
import { ConfirmForm } from "./person_forms";
import { GrantFacts } from "./person_item";

const nothing: Grant = { role: "viewer", lines: [], labels: [] };

export function NewGroupForm({ done, cancel }: { done: () => Promise<void>; cancel: () => void }) {
  const [name, set_name] = useState("");
  const [grant, set_grant] = useState(nothing);
  const [own, set_own] = useState("");
  const { busy, problem, run } = useOrder();
  return (
    <form
      class="form panel"
      aria-label={t("groups.new")}
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          await add_group(name.trim(), grant, own);
          await done();
        });
      }}
    >
      <Field label={t("groups.name")} hint={t("groups.name_hint")} problem={problem_of(problem, "name")}>
        {(input) => <input {...input} class="text-input" value={name} required maxLength={64} autocomplete="off" autocapitalize="none" spellcheck={false} onInput={(event) => set_name(event.currentTarget.value)} />}
      </Field>
      <GrantFields grant={grant} on_change={set_grant} problem={problem} />
      <OwnPasswordField value={own} on_change={set_own} problem={problem} />
      <FormProblem problem={problem} at_fields={["name", "own_password", ...grant_params(grant)]} />
      <FormActions go={t("groups.add")} busy={busy} cancel={cancel} />
    </form>
  );
}

function GroupGrantForm({ group, done, cancel }: { group: Group; done: () => Promise<void>; cancel: () => void }) {
  const [grant, set_grant] = useState<Grant>({ role: group.role, lines: group.lines, labels: group.labels });
  const [own, set_own] = useState("");
  const { busy, problem, run } = useOrder();
  return (
    <form
      class="form form-sunken"
      aria-label={t("people.rights_of", { name: group.name })}
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          await set_group_grant(group.name, grant, own);
          await done();
        });
      }}
    >
      <GrantFields grant={grant} on_change={set_grant} problem={problem} />
      <OwnPasswordField value={own} on_change={set_own} problem={problem} />
      <FormProblem problem={problem} at_fields={["own_password", ...grant_params(grant)]} />
      <FormActions go={t("people.save")} busy={busy} cancel={cancel} />
    </form>
  );
}

function JoinForm({ group, others, done, cancel }: { group: Group; others: string[]; done: () => Promise<void>; cancel: () => void }) {
  const [name, set_name] = useState(others[0] ?? "");
  const [own, set_own] = useState("");
  const { busy, problem, run } = useOrder();
  return (
    <form
      class="form form-sunken"
      aria-label={t("groups.join")}
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          await join_group(group.name, name, own);
          await done();
        });
      }}
    >
      <Field label={t("groups.who")} problem={problem_of(problem, "name")}>
        {(input) => (
          <select {...input} class="select" value={name} onChange={(event) => set_name(event.currentTarget.value)}>
            {others.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        )}
      </Field>
      <OwnPasswordField value={own} on_change={set_own} problem={problem} />
      <FormProblem problem={problem} at_fields={["name", "own_password"]} />
      <FormActions go={t("groups.join_go")} busy={busy} cancel={cancel} />
    </form>
  );
}

function GroupItem({ group, people, changed }: { group: Group; people: Person[]; changed: () => Promise<void> }) {
  const [open, set_open] = useState<"grant" | "join" | "remove" | null>(null);
  const { busy, problem, run } = useOrder();
  const { name, members } = group;
  const others = people.map((each) => each.name).filter((each) => !members.includes(each));
  const close = () => set_open(null);
  const done = async () => {
    close();
    await changed();
  };
  return (
    <li class="panel person" data-group={name}>
      <h2 class="person-name">{name}</h2>
      <dl class="facts">
        <GrantFacts grant={group} />
      </dl>
      {members.length === 0 ? (
        <p class="quiet">{t("groups.nobody")}</p>
      ) : (
        <ul class="group-members" aria-label={t("groups.members_of", { name })}>
          {members.map((each) => (
            <li key={each}>
              {each}
              <Button
                kind="quiet"
                icon="close"
                disabled={busy}
                aria-label={t("groups.leave_named", { name: each, group: name })}
                onClick={() =>
                  void run(async () => {
                    await leave_group(name, each);
                    await changed();
                  })
                }
              >
                {t("groups.leave")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {open === null && (
        <div class="form-actions">
          {others.length > 0 && (
            <Button icon="plus" onClick={() => set_open("join")}>
              {t("groups.join")}
            </Button>
          )}
          <Button icon="pen" onClick={() => set_open("grant")}>
            {t("people.change_rights")}
          </Button>
          <Button kind="quiet" onClick={() => set_open("remove")}>
            {t("groups.remove")}
          </Button>
        </div>
      )}
      {open === "grant" && <GroupGrantForm group={group} done={done} cancel={close} />}
      {open === "join" && <JoinForm group={group} others={others} done={done} cancel={close} />}
      {open === "remove" && (
        <ConfirmForm
          label={t("groups.remove")}
          what={t("groups.remove_what", { name, n: members.length })}
          go={t("people.remove_go")}
          with_password={false}
          work={async () => {
            await remove_group(name);
            await done();
          }}
          cancel={close}
        />
      )}
      <FormProblem problem={problem} />
    </li>
  );
}

export function GroupsView({ groups, people, changed }: { groups: Group[]; people: Person[]; changed: () => Promise<void> }) {
  if (groups.length === 0) return <Notice icon="question" title={t("groups.none")} hint={t("groups.none_hint")} />;
  return (
    <ul class="people-list">
      {groups.map((group) => (
        <GroupItem key={group.name} group={group} people={people} changed={changed} />
      ))}
    </ul>
  );
}
