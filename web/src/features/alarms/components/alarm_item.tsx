// One alarm: what it is, since when, what it means, and what can be done with it.
import { useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Icon, type IconName } from "~/components/icon";
import { FormProblem } from "~/components/form_parts";
import type { Alarm, AlarmPriority } from "~/lib/alarm_types";
import type { Text } from "~/lib/api_types";
import { now_ms } from "~/lib/clock";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { moment_text, quantity_text } from "~/lib/format";
import { lang, say, t } from "~/lib/i18n/translate";
import { load_alarms } from "~/lib/live/alarm_store";
import { latest_of } from "~/lib/live/plant_store";
import { link } from "~/lib/router";
import { act_on_alarm, type AlarmOrder } from "../api/alarms";
import { PutAsideForm } from "./put_aside_form";

const priority_icons: Record<AlarmPriority, IconName> = { low: "info", medium: "warning", high: "warning", critical: "alarm" };

function Meaning({ label, text, more }: { label: string; text: Text; more?: string }) {
  const words = say(text);
  if (words === "") return null;
  return (
    <>
      <dt>{label}</dt>
      <dd>
        {words} {more && <span class="quiet">{more}</span>}
      </dd>
    </>
  );
}

/** The value as it is now; events of alarms come when something happens to them only. A bad one is none. */
function Now({ alarm }: { alarm: Alarm }) {
  const live = latest_of(alarm.tag).value;
  const heard = live.ts_ms > 0;
  const good = live.quality !== "bad";
  const text = heard ? live.text : alarm.text;
  if (text !== "" && (good || !heard)) return <>{text}</>;
  return <>{quantity_text(heard ? (good ? live.value : null) : alarm.value, alarm.unit, lang.value, alarm.decimals)}</>;
}

function Since({ alarm }: { alarm: Alarm }) {
  const time = (ms: number | null) => moment_text(ms ?? 0, now_ms.value, lang.value);
  if (alarm.state === "shelved") return <>{t("alarms.shelved_until", { time: time(alarm.shelved_until_ms) })}</>;
  if (alarm.state === "returned" || alarm.state === "latched") return <>{t("alarms.gone", { time: time(alarm.changed_ms) })}</>;
  return <>{t("alarms.since", { time: time(alarm.active ? alarm.since_ms : alarm.changed_ms) })}</>;
}

export function AlarmItem({ alarm, may_operate, may_engineer }: { alarm: Alarm; may_operate: boolean; may_engineer: boolean }) {
  const [form, set_form] = useState<"shelve" | "out_of_service" | null>(null);
  const [problem, set_problem] = useState<ApiError | null>(null);
  const [busy, set_busy] = useState(false);
  const name = say(alarm.name);

  const order = async (wanted: Omit<AlarmOrder, "alarm">) => {
    set_busy(true);
    set_problem(null);
    try {
      await act_on_alarm({ alarm: alarm.id, ...wanted });
      set_form(null);
      await load_alarms();
    } catch (thrown) {
      set_problem(as_api_error(thrown));
    } finally {
      set_busy(false);
    }
  };
  const acknowledges = alarm.state === "unacknowledged" || alarm.state === "returned";
  const can_be_shelved = alarm.state !== "shelved" && alarm.state !== "suppressed" && alarm.state !== "out_of_service";
  const means = [alarm.cause, alarm.consequence, alarm.response].some((text) => say(text) !== "");
  const marked = alarm.active && acknowledges ? ` alarm-${alarm.priority}` : "";

  return (
    <li class={`panel alarm${marked}`} data-alarm={alarm.id} data-state={alarm.state}>
      <div class="alarm-head">
        <span class="alarm-priority">
          <Icon name={priority_icons[alarm.priority]} />
          {t(`alarm_priority.${alarm.priority}`)}
        </span>
        <h3>
          <a href={link(`/plant/${alarm.asset}`)}>{name}</a>
        </h3>
        <span class={`alarm-value${alarm.doubtful ? " hatched" : ""}`}>
          <Now alarm={alarm} />
        </span>
      </div>
      <p class="alarm-facts">
        <span class="chip">{t(`alarm_state.${alarm.state}`)}</span>
        <span>
          <Since alarm={alarm} />
        </span>
        {alarm.chattering && (
          <span class="chip" title={t("alarms.chattering_hint")}>
            {t("alarms.chattering")}
          </span>
        )}
        {alarm.stale && <span class="chip">{t("alarms.stale")}</span>}
        {alarm.doubtful && <span class="quiet">{t("alarms.doubtful")}</span>}
      </p>
      {means && (
        <dl class="facts">
          <Meaning label={t("alarms.response")} text={alarm.response} {...(alarm.respond_within_min > 0 ? { more: t("alarms.within", { n: alarm.respond_within_min }) } : {})} />
          <Meaning label={t("alarms.cause")} text={alarm.cause} />
          <Meaning label={t("alarms.consequence")} text={alarm.consequence} />
        </dl>
      )}
      {may_operate && form === null && (
        <div class="alarm-actions">
          {acknowledges && (
            <Button kind="strong" icon="check" disabled={busy} aria-label={t("alarms.acknowledge_named", { name })} onClick={() => void order({ action: "acknowledge" })}>
              {t("alarms.acknowledge")}
            </Button>
          )}
          {alarm.state === "latched" && (
            <Button kind="strong" icon="retry" disabled={busy} onClick={() => void order({ action: "reset" })}>
              {t("alarms.reset")}
            </Button>
          )}
          {alarm.state === "shelved" && (
            <Button icon="back" disabled={busy} onClick={() => void order({ action: "unshelve" })}>
              {t("alarms.unshelve")}
            </Button>
          )}
          {can_be_shelved && (
            <Button icon="clock" onClick={() => set_form("shelve")}>
              {t("alarms.shelve")}
            </Button>
          )}
          {may_engineer && alarm.state !== "out_of_service" && (
            <Button kind="quiet" icon="off" onClick={() => set_form("out_of_service")}>
              {t("alarms.out_of_service")}
            </Button>
          )}
          {may_engineer && (
            <a class="button button-quiet" href={link("/alarms", { view: "rules", rule: alarm.id })} aria-label={t("alarms.rule_of", { name })}>
              <Icon name="pen" />
              {t("alarms.rule")}
            </a>
          )}
          {may_engineer && alarm.state === "out_of_service" && (
            <Button icon="play" disabled={busy} onClick={() => void order({ action: "in_service" })}>
              {t("alarms.in_service")}
            </Button>
          )}
        </div>
      )}
      {form !== null && (
        <PutAsideForm
          kind={form}
          busy={busy}
          cancel={() => set_form(null)}
          go={(note, minutes) => void order(form === "shelve" ? { action: "shelve", note, minutes } : { action: "out_of_service", note })}
        />
      )}
      <FormProblem problem={problem} />
    </li>
  );
}
