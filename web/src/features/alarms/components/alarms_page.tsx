// Alarms: what somebody has to see to, what stands, what is put aside; and what happened.
import { Icon } from "~/components/icon";
import { LaterPart } from "~/components/later";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import { Segmented } from "~/components/segmented";
import type { AlarmList } from "~/lib/alarm_types";
import { t } from "~/lib/i18n/translate";
import { alarms, group_of, load_alarms, type AlarmGroup } from "~/lib/live/alarm_store";
import { may } from "~/lib/rights";
import { query, set_query } from "~/lib/router";
import { session } from "~/lib/session";
import { AlarmItem } from "./alarm_item";
import { useMessages } from "../state/messages";
import { MessageWarning } from "./message_warning";
import "~/components/panel.css";
import "./alarms.css";

const views = ["now", "journal", "rules", "messages"] as const;
const groups: readonly AlarmGroup[] = ["to_see_to", "standing", "aside"];

function Now({ list }: { list: AlarmList }) {
  const grants = session.value?.who?.grants;
  if (list.alarms.length === 0) return <Notice icon="check_circle" title={t("alarms.none")} hint={t("alarms.none_hint")} />;
  return (
    <>
      {!list.may_operate && (
        <p class="quiet">
          <Icon name="info" size={16} /> {t("alarms.may_not")}
        </p>
      )}
      {groups.map((group) => {
        const mine = list.alarms.filter((alarm) => group_of(alarm) === group);
        if (mine.length === 0) return null;
        return (
          <section key={group} class="alarm-group" data-alarm-group={group} aria-label={t(`alarm_group.${group}`)}>
            <h2>
              {t(`alarm_group.${group}`)} <span class="quiet">{mine.length}</span>
            </h2>
            <ul class="alarm-list">
              {mine.map((alarm) => (
                <AlarmItem key={alarm.id} alarm={alarm} may_operate={list.may_operate && may(grants, "operator", alarm.line)} may_engineer={list.may_engineer && may(grants, "engineer", alarm.line)} />
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}

export function AlarmsPage() {
  const { data, error } = alarms.value;
  const load = data?.load;
  const may_operate = data?.may_operate ?? false;
  const offered = may_operate ? views : views.filter((each) => each !== "messages");
  const view = offered.find((each) => each === query.value.view) ?? "now";
  useMessages(may_operate);
  return (
    <div class="alarms-page">
      <PageHead title={t("alarms.title")} summary={load && t("alarms.summary", { n: load.unacknowledged, standing: load.standing, shelved: load.shelved })}>
        <Segmented
          label={t("alarms.view")}
          value={view}
          options={offered.map((value) => ({ value, label: t(`alarms.${value}`) }))}
          on_choose={(value) => set_query({ view: value === "now" ? null : value, rule: null, add: null })}
        />
      </PageHead>
      {load?.flood && (
        <div role="status">
          <Notice compact icon="warning" tone="red" title={t("alarms.flood")} hint={t("alarms.flood_hint", { n: load.raised_in_10_min })} />
        </div>
      )}
      {view === "journal" && <LaterPart key="journal" name="AlarmJournalTable" />}
      {view === "rules" && <LaterPart key="rules" name="RulesView" />}
      {view === "messages" && <LaterPart key="messages" name="MessagesView" />}
      {view === "now" && (
        <>
          {may_operate && <MessageWarning />}
          {error && <ErrorNotice error={error} retry={() => void load_alarms()} compact={data !== null} />}
          {!data && !error && <Skeleton shapes={3} height="row" />}
          {data && <Now list={data} />}
        </>
      )}
    </div>
  );
}
