// One person: rights, what stands in the way of a login, and what an administrator can do.
import { useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Icon } from "~/components/icon";
import { FormProblem } from "~/components/form_parts";
import type { Grant, Person, PersonWithPassword } from "~/lib/admin_types";
import { now_ms } from "~/lib/clock";
import { moment_text } from "~/lib/format";
import { useOrder } from "~/lib/hooks";
import { lang, t } from "~/lib/i18n/translate";
import { names_text } from "~/lib/names_text";
import { link } from "~/lib/router";
import { session } from "~/lib/session";
import { act_on_person, erase_person, remove_person } from "../api/people";
import { ConfirmForm, GrantForm, PasswordForm } from "./person_forms";

export function GrantFacts({ grant }: { grant: Grant }) {
  return (
    <>
      <dt>{t("people.role")}</dt>
      <dd>{t(`role.${grant.role}`)}</dd>
      <dt>{t("people.lines")}</dt>
      <dd>{names_text(grant.lines)}</dd>
      {grant.labels.length > 0 && (
        <>
          <dt>{t("people.labels")}</dt>
          <dd>{names_text(grant.labels)}</dd>
        </>
      )}
    </>
  );
}

type Confirmed = "unlock" | "enable" | "totp_off";
type Open = "grant" | "password" | "remove" | "erase" | Confirmed | null;

export function PersonItem({ person, changed, told }: { person: Person; changed: () => Promise<void>; told: (made: PersonWithPassword) => void }) {
  const [open, set_open] = useState<Open>(null);
  const { busy, problem, run } = useOrder();
  const { name } = person;
  const close = () => set_open(null);
  const done = async () => {
    close();
    await changed();
  };
  const act = (action: "disable" | "end_sessions") =>
    void run(async () => {
      await act_on_person(name, action);
      await changed();
    });
  const confirmed = (action: Confirmed) => (
    <ConfirmForm
      label={t(`people.${action}`)}
      what={t(`people.${action}_what`, { name })}
      go={t(`people.${action}_go`)}
      with_password
      work={async (own) => {
        await act_on_person(name, action, own);
        await done();
      }}
      cancel={close}
    />
  );
  // Another password ends all sessions, and with one's own the password that was made would be gone unread.
  const oneself = session.value?.who?.name.toLowerCase() === name.toLowerCase();
  const locked = person.locked_until_ms !== null && person.locked_until_ms > now_ms.value;
  return (
    <li class="panel person" data-person={name}>
      <h2 class="person-name">
        {name}
        {person.disabled && (
          <span class="chip">
            <Icon name="off" size={16} />
            {t("people.disabled")}
          </span>
        )}
        {locked && (
          <span class="chip chip-warn">
            <Icon name="lock" size={16} />
            {t("people.locked_until", { time: moment_text(person.locked_until_ms ?? 0, now_ms.value, lang.value) })}
          </span>
        )}
        {person.must_change && <span class="chip">{t("people.first_login")}</span>}
      </h2>
      <dl class="facts">
        <GrantFacts grant={person} />
        {person.groups.length > 0 && (
          <>
            <dt>{t("people.groups")}</dt>
            <dd>{person.groups.join(", ")}</dd>
          </>
        )}
        <dt>{t("people.totp")}</dt>
        <dd>{t(person.totp ? "app.yes" : "app.no")}</dd>
        <dt>{t("people.last_login")}</dt>
        <dd>{person.last_login_ms === null ? t("people.never") : moment_text(person.last_login_ms, now_ms.value, lang.value)}</dd>
        <dt>{t("people.sessions")}</dt>
        <dd>{person.sessions}</dd>
      </dl>
      {open === null && (
        <div class="form-actions">
          <Button icon="pen" onClick={() => set_open("grant")}>
            {t("people.change_rights")}
          </Button>
          {oneself ? (
            <a class="button button-plain" href={link("/account")}>
              {t("people.own_account")}
            </a>
          ) : (
            <Button icon="key" onClick={() => set_open("password")}>
              {t("people.new_password")}
            </Button>
          )}
          {locked && (
            <Button icon="unlock" onClick={() => set_open("unlock")}>
              {t("people.unlock")}
            </Button>
          )}
          {person.sessions > 0 && (
            <Button icon="close" disabled={busy} onClick={() => act("end_sessions")}>
              {t("people.end_sessions")}
            </Button>
          )}
          {person.disabled ? (
            <Button icon="play" onClick={() => set_open("enable")}>
              {t("people.enable")}
            </Button>
          ) : (
            <Button icon="off" disabled={busy} onClick={() => act("disable")}>
              {t("people.disable")}
            </Button>
          )}
          {person.totp && (
            <Button kind="quiet" onClick={() => set_open("totp_off")}>
              {t("people.totp_off")}
            </Button>
          )}
          <Button kind="quiet" onClick={() => set_open("remove")}>
            {t("people.remove")}
          </Button>
          <Button kind="quiet" onClick={() => set_open("erase")}>
            {t("people.erase")}
          </Button>
        </div>
      )}
      {open === "grant" && <GrantForm person={person} done={done} cancel={close} />}
      {open === "password" && (
        <PasswordForm
          person={person}
          cancel={close}
          done={async (result) => {
            told(result);
            await done();
          }}
        />
      )}
      {(open === "unlock" || open === "enable" || open === "totp_off") && confirmed(open)}
      {open === "remove" && (
        <ConfirmForm
          label={t("people.remove")}
          what={t("people.remove_what", { name })}
          go={t("people.remove_go")}
          with_password={false}
          work={async () => {
            await remove_person(name);
            await done();
          }}
          cancel={close}
        />
      )}
      {open === "erase" && (
        <ConfirmForm
          label={t("people.erase")}
          what={t("people.erase_what", { name })}
          go={t("people.erase_go")}
          with_password
          work={async (own) => {
            await erase_person(name, own);
            await done();
          }}
          cancel={close}
        />
      )}
      <FormProblem problem={problem} />
    </li>
  );
}
