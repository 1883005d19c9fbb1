// The journal as far as it was opened: newest first, renewed when alarms change, older ones on demand.
import { useEffect, useState } from "preact/hooks";
import type { AlarmEntry } from "~/lib/alarm_types";
import { server_now } from "~/lib/clock";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { alarms } from "~/lib/live/alarm_store";
import { range_bounds, range_key, type Range } from "~/lib/url_state";
import { journal_page, read_journal, type JournalOf } from "../api/journal";

interface Known {
  entries: AlarmEntry[] | null; // null: not there yet
  complete: boolean; // there are no older ones
  problem: ApiError | null;
}

export interface Journal extends Known {
  reload: () => void;
  older: () => void;
}

const nothing: Known = { entries: null, complete: false, problem: null };

/** What was opened stays: pages overlap while new entries come. */
export function merged(known: readonly AlarmEntry[], page: readonly AlarmEntry[]): AlarmEntry[] {
  return [...new Map([...known, ...page].map((entry) => [entry.number, entry])).values()].sort((a, b) => b.number - a.number);
}

/** A stretch that ends now has no end: the newest entry may be of this very moment. */
function wanted(asset: string, range: Range | null): JournalOf {
  if (!range) return { asset, from_ms: null, to_ms: null };
  const { from_ms, to_ms } = range_bounds(range, server_now());
  return { asset, from_ms, to_ms: range.kind === "last" ? null : to_ms };
}

/** Of one machine, or of all (empty); of a stretch of time, or of all time. */
export function useJournal(asset: string, range: Range | null): Journal {
  const key = `${asset} ${range ? range_key(range) : ""}`;
  const [state, set_state] = useState<Known & { key: string }>({ key, ...nothing });
  const changed = alarms.value.loaded_at_ms;
  const known = state.key === key ? state : nothing;

  const load = async (before: number | null) => {
    // Only what is still looked at is shown, whichever answer comes last.
    const put = (change: (now: Known) => Partial<Known>) => set_state((now) => (now.key === key ? { ...now, ...change(now) } : now));
    try {
      const page = (await read_journal(wanted(asset, range), before)).entries;
      put((now) => ({ entries: merged(now.entries ?? [], page), complete: now.complete || page.length < journal_page, problem: null }));
    } catch (thrown) {
      put(() => ({ problem: as_api_error(thrown) }));
    }
  };
  // Whatever changed the list of alarms stands in the journal, too.
  useEffect(() => {
    set_state((now) => (now.key === key ? now : { key, ...nothing }));
    void load(null);
  }, [key, changed]);

  return { entries: known.entries, complete: known.complete, problem: known.problem, reload: () => void load(null), older: () => void load(known.entries?.at(-1)?.number ?? null) };
}
