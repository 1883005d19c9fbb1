// Entries of the journal in words, newest first, with cases of a machine's health among them.
import type { ComponentChildren } from "preact";
import type { AlarmEntry } from "~/lib/alarm_types";
import { now_ms } from "~/lib/clock";
import { moment_text, quantity_text } from "~/lib/format";
import { lang, say, t } from "~/lib/i18n/translate";

export interface Row {
  key: string;
  at_ms: number;
  what: ComponentChildren;
  event: ComponentChildren;
  who: string; // empty: the plant itself
  note: string;
}

function event_text(entry: AlarmEntry): ComponentChildren {
  const words = t(`alarm_event.${entry.event}`);
  if (entry.value === null || entry.tag === "") return words;
  return (
    <>
      {words} <span class="quiet nowrap">{quantity_text(entry.value, entry.unit, lang.value, entry.decimals)}</span>
    </>
  );
}

export function rows_of(entries: readonly AlarmEntry[]): Row[] {
  return entries.map((entry) => ({ key: String(entry.number), at_ms: entry.ts_ms, what: say(entry.name) || entry.alarm, event: event_text(entry), who: entry.who, note: entry.note }));
}

export function EntryTable({ rows }: { rows: readonly Row[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("alarms.when")}</th>
          <th scope="col">{t("alarms.what")}</th>
          <th scope="col">{t("alarms.event")}</th>
          <th scope="col" class="nowrap">
            {t("alarms.who")}
          </th>
          <th scope="col" class="nowrap">
            {t("alarms.note")}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key} data-alarm-entry={row.key}>
            <td class="nowrap">{moment_text(row.at_ms, now_ms.value, lang.value)}</td>
            <th scope="row">{row.what}</th>
            <td>{row.event}</td>
            <td class="nowrap">{row.who || <span class="quiet">{t("alarms.plant")}</span>}</td>
            <td>{row.note}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
