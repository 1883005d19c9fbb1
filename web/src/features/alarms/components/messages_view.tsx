// Who is told when nobody acknowledges, whether that works, and what became of the newest messages.
import { Icon, type IconName } from "~/components/icon";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import type { AlarmMessage, EscalationStep, MessageChannel } from "~/lib/alarm_types";
import { now_ms } from "~/lib/clock";
import { duration_text, moment_text } from "~/lib/format";
import { lang, say, t } from "~/lib/i18n/translate";
import { plant } from "~/lib/live/plant_store";
import { load_messages, messages } from "../state/messages";
import "./messages.css";

const icons: Record<AlarmMessage["state"], IconName> = { waiting: "clock", sent: "check", withdrawn: "off", given_up: "warning" };

const time = (ms: number) => moment_text(ms, now_ms.value, lang.value);

function line_name(id: string): string {
  if (id === "*") return t("messages.all_lines");
  return say(plant.value.data?.assets.find((asset) => asset.line === id)?.line_name) || id;
}

function Steps({ steps }: { steps: EscalationStep[] }) {
  return (
    <section class="panel" aria-label={t("messages.steps")}>
      <h2>{t("messages.steps")}</h2>
      <ol class="message-steps">
        {steps.map((step) => (
          <li key={step.name}>
            {t("messages.step", { name: step.name, time: duration_text(step.after_ms, lang.value), priority: t(`alarm_priority.${step.priority}`), lines: step.lines.map(line_name).join(", "), who: step.channels.join(", ") })}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Channel({ channel }: { channel: MessageChannel }) {
  const { problem, problem_ms, last_sent_ms, next_ms, waiting } = channel;
  const works = problem === null;
  return (
    <li data-channel={channel.name} data-works={works}>
      <p class="message-channel">
        <span class="mono">{channel.name}</span>
        <span class={works ? "chip" : "quality quality-uncertain"}>
          <Icon name={works ? (last_sent_ms === null ? "question" : "check") : "warning"} size={16} />
          {works ? t(last_sent_ms === null ? "messages.unknown" : "messages.works") : t("messages.fails", { time: time(problem_ms ?? 0) })}
        </span>
        {waiting > 0 && <span>{t("messages.waiting", { n: waiting })}</span>}
        {last_sent_ms !== null && <span class="quiet">{t("messages.last_sent", { time: time(last_sent_ms) })}</span>}
      </p>
      {!works && (
        <p>
          {say(problem)} {next_ms !== null && <span class="quiet">{t("messages.next", { time: time(next_ms) })}</span>}
        </p>
      )}
    </li>
  );
}

function Messages({ all }: { all: AlarmMessage[] }) {
  if (all.length === 0) return <Notice icon="send" title={t("messages.none")} hint={t("messages.none_hint")} />;
  return (
    <section class="panel alarm-journal" aria-label={t("messages.newest")} tabIndex={0}>
      <h2>{t("messages.newest")}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("alarms.when")}</th>
            <th scope="col">{t("messages.state")}</th>
            <th scope="col">{t("alarms.what")}</th>
            <th scope="col">{t("messages.about")}</th>
            <th scope="col">{t("messages.channel")}</th>
          </tr>
        </thead>
        <tbody>
          {all.map((each) => (
            <tr key={`${each.channel} ${each.alarm} ${each.created_ms} ${String(each.ended)}`} data-message={each.state}>
              <td class="nowrap">{time(each.created_ms)}</td>
              <td>
                <span class={each.state === "given_up" ? "quality quality-bad" : "message-state"}>
                  <Icon name={icons[each.state]} size={16} />
                  {t(`message_state.${each.state}`)}
                </span>
                {each.state === "sent" && each.done_ms !== null && <p class="quiet nowrap">{time(each.done_ms)}</p>}
                {each.state !== "sent" && each.attempts > 0 && (
                  <p class="quiet">
                    {t("messages.attempts", { n: each.attempts })} {say(each.problem)}
                  </p>
                )}
              </td>
              <th scope="row">{say(each.name) || each.alarm}</th>
              <td>{each.ended ? t("messages.ended") : t("messages.told", { step: each.step })}</td>
              <td class="mono">{each.channel}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function MessagesView() {
  const { data, error } = messages.value;
  if (error && !data) return <ErrorNotice error={error} retry={() => void load_messages()} />;
  if (!data) return <Skeleton shapes={4} height="row" />;
  if (data.steps.length === 0 && data.messages.length === 0) return <Notice icon="send" title={t("messages.off")} hint={t("messages.off_hint")} />;
  return (
    <>
      {error && <ErrorNotice compact error={error} retry={() => void load_messages()} />}
      {data.steps.length > 0 && <Steps steps={data.steps} />}
      {data.channels.length > 0 && (
        <section class="panel" aria-label={t("messages.channels")}>
          <h2>{t("messages.channels")}</h2>
          <ul class="message-channels">
            {data.channels.map((channel) => (
              <Channel key={channel.name} channel={channel} />
            ))}
          </ul>
        </section>
      )}
      <Messages all={data.messages} />
    </>
  );
}
