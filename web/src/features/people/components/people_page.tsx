// People who may log in and keys of programs. For administrators; everybody else is told who can help.
import { useEffect, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import { Segmented } from "~/components/segmented";
import { t } from "~/lib/i18n/translate";
import { resource } from "~/lib/loadable";
import { query, set_query } from "~/lib/router";
import { may_administer, session } from "~/lib/session";
import { list_groups, list_keys, list_people } from "../api/people";
import { GroupsView, NewGroupForm } from "./groups_view";
import { KeysView, NewKeyForm } from "./keys_view";
import { NewPersonForm } from "./person_forms";
import { PersonItem } from "./person_item";
import { ToldOnce } from "./told_once";
import "~/components/field.css";
import "~/components/panel.css";
import "./people.css";

const people = resource(list_people);
const groups = resource(list_groups);
const keys = resource(list_keys);
const lists = { people, groups, keys };
const new_of = { people: "people.new", groups: "groups.new", keys: "people.new_key" } as const;

function Nobody() {
  const open = session.value?.state === "open";
  return <Notice icon="key" title={t(open ? "people.nobody_yet" : "people.not_admin")} hint={t(open ? "people.nobody_yet_hint" : "people.not_admin_hint")} />;
}

function Administration() {
  const asked = query.value.view;
  const view = asked === "keys" || asked === "groups" ? asked : "people";
  const shown = lists[view];
  const { data, error } = shown.state.value;
  const [adding, set_adding] = useState(false);
  const [secret, set_secret] = useState<{ title: string; text: string } | null>(null);
  useEffect(() => {
    set_adding(false);
    void shown.load();
    if (view === "groups") void people.load(); // who can be put into one
  }, [view]);
  const all = people.state.value.data?.people;
  const tell = (name: string, password: string | null) => {
    if (password !== null) set_secret({ title: t("people.password_for", { name }), text: password });
  };
  return (
    <div class="people-page">
      <PageHead title={t("people.title")} summary={all && t("people.summary", { n: all.length, sessions: all.reduce((sum, each) => sum + each.sessions, 0) })}>
        <Segmented
          label={t("people.view")}
          value={view}
          options={[
            { value: "people", label: t("people.people") },
            { value: "groups", label: t("people.groups") },
            { value: "keys", label: t("people.keys") },
          ]}
          on_choose={(value) => set_query({ view: value === "people" ? null : value })}
        />
        {!adding && (
          <Button kind="strong" icon="plus" onClick={() => set_adding(true)}>
            {t(new_of[view])}
          </Button>
        )}
      </PageHead>
      {secret && <ToldOnce title={secret.title} secret={secret.text} kept={() => set_secret(null)} />}
      {adding && view === "people" && (
        <NewPersonForm
          cancel={() => set_adding(false)}
          done={async ({ person, password }) => {
            tell(person.name, password);
            set_adding(false);
            await people.load();
          }}
        />
      )}
      {adding && view === "groups" && (
        <NewGroupForm
          cancel={() => set_adding(false)}
          done={async () => {
            set_adding(false);
            await groups.load();
          }}
        />
      )}
      {adding && view === "keys" && (
        <NewKeyForm
          cancel={() => set_adding(false)}
          done={async (key) => {
            set_secret({ title: t("people.made_key"), text: key });
            set_adding(false);
            await keys.load();
          }}
        />
      )}
      {error && <ErrorNotice error={error} retry={() => void shown.load()} compact={data !== null} />}
      {!data && !error && <Skeleton shapes={3} height="row" />}
      {view === "people" && all && (
        <ul class="people-list">
          {all.map((person) => (
            <PersonItem key={person.name} person={person} changed={people.load} told={({ person: of, password }) => tell(of.name, password)} />
          ))}
        </ul>
      )}
      {view === "groups" && groups.state.value.data && <GroupsView groups={groups.state.value.data.groups} people={all ?? []} changed={groups.load} />}
      {view === "keys" && keys.state.value.data && <KeysView keys={keys.state.value.data.keys} changed={keys.load} />}
    </div>
  );
}

export function PeoplePage() {
  if (may_administer(session.value)) return <Administration />;
  return (
    <div class="people-page">
      <PageHead title={t("people.title")} />
      <Nobody />
    </div>
  );
}
