// GET /api/alarms/journal: what happened to alarms, newest first, a page at a time.
import type { AlarmJournal } from "~/lib/alarm_types";
import { get_json } from "~/lib/fetch";
import { href } from "~/lib/url_state";

export const journal_page = 50;

export interface JournalOf {
  asset: string; // empty: all that one may see
  from_ms: number | null;
  to_ms: number | null;
}

/** `before`: the number of the last entry of the page before. */
export function read_journal({ asset, from_ms, to_ms }: JournalOf, before: number | null): Promise<AlarmJournal> {
  const time = (ms: number | null) => (ms === null ? null : String(Math.round(ms)));
  return get_json<AlarmJournal>(href("/api/alarms/journal", { asset, from_ms: time(from_ms), to_ms: time(to_ms), limit: String(journal_page), before: time(before) }));
}
