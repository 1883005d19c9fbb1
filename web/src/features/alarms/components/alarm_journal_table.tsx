// What happened to alarms and who did what, newest first, older ones on demand.
import { useEffect, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import type { AlarmEntry } from "~/lib/alarm_types";
import { now_ms } from "~/lib/clock";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { moment_text } from "~/lib/format";
import { lang, say, t } from "~/lib/i18n/translate";
import { alarms } from "~/lib/live/alarm_store";
import { read_journal } from "../api/alarms";

export function AlarmJournalTable() {
  const [entries, set_entries] = useState<AlarmEntry[] | null>(null);
  const [complete, set_complete] = useState(false);
  const [problem, set_problem] = useState<ApiError | null>(null);
  const changed = alarms.value.loaded_at_ms;

  const load = async (before: number | null) => {
    try {
      const page = (await read_journal(before)).entries;
      set_problem(null);
      if (page.length < 50) set_complete(true);
      // What was opened stays: pages overlap while new entries come.
      set_entries((known) => [...new Map([...(known ?? []), ...page].map((entry) => [entry.number, entry])).values()].sort((a, b) => b.number - a.number));
    } catch (thrown) {
      set_problem(as_api_error(thrown));
    }
  };
  // Whatever changed the list of alarms stands in the journal, too.
  useEffect(() => void load(null), [changed]);

  const names = new Map((alarms.value.data?.alarms ?? []).map((alarm) => [alarm.id, alarm.name]));
  if (problem && !entries) return <ErrorNotice error={problem} retry={() => void load(null)} />;
  if (!entries) return <Skeleton shapes={5} height="row" />;
  if (entries.length === 0) return <Notice icon="history" title={t("alarms.journal_none")} />;
  return (
    <section class="panel alarm-journal" aria-label={t("alarms.journal")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("alarms.when")}</th>
            <th scope="col">{t("alarms.what")}</th>
            <th scope="col">{t("alarms.event")}</th>
            <th scope="col">{t("alarms.who")}</th>
            <th scope="col">{t("alarms.note")}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.number} data-alarm-entry={entry.number}>
              <td class="nowrap">{moment_text(entry.ts_ms, now_ms.value, lang.value)}</td>
              <th scope="row">{say(names.get(entry.alarm)) || entry.alarm}</th>
              <td>{t(`alarm_event.${entry.event}`)}</td>
              <td>{entry.who || <span class="quiet">{t("alarms.plant")}</span>}</td>
              <td>{entry.note}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {problem && <ErrorNotice compact error={problem} />}
      {!complete && <Button onClick={() => void load(entries.at(-1)?.number ?? null)}>{t("alarms.older")}</Button>}
    </section>
  );
}
