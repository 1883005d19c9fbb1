// What happened to alarms and who did what, newest first, older ones on demand.
import { Button } from "~/components/button";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import { t } from "~/lib/i18n/translate";
import { useJournal } from "../state/journal";
import { EntryTable, rows_of } from "./entry_table";

export function AlarmJournalTable() {
  const { entries, complete, problem, reload, older } = useJournal("", null);
  if (problem && !entries) return <ErrorNotice error={problem} retry={reload} />;
  if (!entries) return <Skeleton shapes={5} height="row" />;
  if (entries.length === 0) return <Notice icon="history" title={t("alarms.journal_none")} />;
  return (
    <section class="panel alarm-journal" aria-label={t("alarms.journal")}>
      <EntryTable rows={rows_of(entries)} />
      {problem && <ErrorNotice compact error={problem} />}
      {!complete && <Button onClick={older}>{t("alarms.older")}</Button>}
    </section>
  );
}
