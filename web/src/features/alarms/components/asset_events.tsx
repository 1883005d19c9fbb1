// The alarms of one machine: those that stand, what happened in the page's time range, and the
// same moments marked on its trends.
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Icon } from "~/components/icon";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import { marks } from "~/components/trend/marks";
import type { AlarmEntry } from "~/lib/alarm_types";
import type { Asset } from "~/lib/api_types";
import { now_ms, server_now } from "~/lib/clock";
import { as_api_error, get_json, type ApiError } from "~/lib/fetch";
import { moment_text } from "~/lib/format";
import type { MaintenanceCase } from "~/lib/health_types";
import { lang, t } from "~/lib/i18n/translate";
import { alarms, group_of, load_alarms } from "~/lib/live/alarm_store";
import { may } from "~/lib/rights";
import { link, range } from "~/lib/router";
import { session } from "~/lib/session";
import { range_bounds, range_key } from "~/lib/url_state";
import { read_noted, type PlantEvent } from "../api/noted";
import { draw_marks, marks_of } from "../state/alarm_marks";
import { useJournal } from "../state/journal";
import { a } from "../state/words";
import { AlarmItem } from "./alarm_item";
import { EntryTable, rows_of, type Row } from "./entry_table";
import { NoteForm } from "./note_form";
import "~/components/panel.css";
import "./asset_events.css";

const first_rows = 5; // the trends below are what the page is for
const more_rows = 50;
const renew_ms = 60_000;

function Standing({ asset }: { asset: Asset }) {
  const { data, error } = alarms.value;
  const grants = session.value?.who?.grants;
  if (!data) return error ? <ErrorNotice compact error={error} retry={() => void load_alarms()} /> : <Skeleton shapes={1} height="row" />;
  const mine = data.alarms.filter((alarm) => alarm.asset === asset.id);
  if (mine.length === 0) return <p class="quiet">{a("none_now")}</p>;
  return (
    <>
      {!data.may_operate && (
        <p class="quiet">
          <Icon name="info" size={16} /> {t("alarms.may_not")}
        </p>
      )}
      <ul class="alarm-list">
        {mine.map((alarm) => (
          <AlarmItem key={alarm.id} alarm={alarm} may_operate={data.may_operate && may(grants, "operator", alarm.line)} may_engineer={data.may_engineer && may(grants, "engineer", alarm.line)} />
        ))}
      </ul>
    </>
  );
}

interface Renewed<T> {
  found: T[];
  problem: ApiError | null;
  load: () => Promise<void>;
}

/** What stands beside the journal, renewed each minute; what there is not at all (503) is no problem. */
function useRenewed<T>(key: string, read: () => Promise<T[]>): Renewed<T> {
  const [state, set_state] = useState<{ key: string; found: T[]; problem: ApiError | null }>({ key, found: [], problem: null });
  // Only what is still looked at is shown, whichever answer comes last.
  const wanted = useRef(key);
  wanted.current = key;
  const load = async () => {
    try {
      const found = await read();
      if (wanted.current === key) set_state({ key, found, problem: null });
    } catch (thrown) {
      const problem = as_api_error(thrown);
      if (wanted.current === key) set_state((before) => ({ key, found: before.key === key ? before.found : [], problem: problem.status === 503 ? null : problem }));
    }
  };
  useEffect(() => {
    void load();
    const timer = setInterval(() => void load(), renew_ms);
    return () => {
      wanted.current = "";
      clearInterval(timer);
    };
  }, [key]);
  return { found: state.key === key ? state.found : [], problem: state.problem, load };
}

/** Cases of this machine; where none is watched there are none. */
async function cases_of(asset: string): Promise<MaintenanceCase[]> {
  return (await get_json<{ cases: MaintenanceCase[] }>("/api/maintenance/cases")).cases.filter((each) => each.asset === asset);
}

function noted_row(each: PlantEvent): Row {
  const until = each.open ? a("goes_on") : each.end_ms !== null && each.end_ms > each.start_ms ? a("until", { time: moment_text(each.end_ms, now_ms.value, lang.value) }) : "";
  return { key: `noted-${each.id}`, at_ms: each.start_ms, what: each.kind === "" ? a("noted") : each.kind, event: until, who: each.told_by, note: each.text };
}

function case_row(each: MaintenanceCase): Row {
  const outcome = a(each.outcome);
  return {
    key: `case-${each.number}`,
    at_ms: each.opened_ms,
    what: <a href={link("/maintenance", { case: String(each.number) })}>{a("case", { number: each.number })}</a>,
    event: a("case_opened"),
    who: "",
    note: each.note === "" ? outcome : `${outcome}: ${each.note}`,
  };
}

/** What the trends mark, for as long as this is shown. */
function useMarks(entries: readonly AlarmEntry[] | null): void {
  useEffect(() => {
    const all = marks_of(entries ?? []);
    marks.value = (plot, tag) => draw_marks(plot, all, tag);
  }, [entries]);
  useEffect(
    () => () => {
      marks.value = null;
    },
    [],
  );
}

function Happened({ asset }: { asset: Asset }) {
  const { entries, complete, problem, reload, older } = useJournal(asset.id, range.value);
  const { found: cases, problem: cases_problem } = useRenewed(asset.id, () => cases_of(asset.id));
  const noted = useRenewed(`${asset.id} ${range_key(range.value)}`, () => {
    const { from_ms, to_ms } = range_bounds(range.value, server_now());
    return read_noted(asset.id, from_ms, range.value.kind === "last" ? null : to_ms);
  });
  const [shown, set_shown] = useState(first_rows);
  useMarks(entries);
  if (problem && !entries) return <ErrorNotice compact error={problem} title={a("failed")} retry={reload} />;
  if (!entries) return <Skeleton shapes={2} height="row" />;
  const { from_ms, to_ms } = range_bounds(range.value, now_ms.value);
  // Not among pages that were not opened yet.
  const since_ms = complete ? from_ms : Math.max(from_ms, entries.at(-1)?.ts_ms ?? from_ms);
  const within = (at_ms: number) => at_ms >= since_ms && (range.value.kind === "last" || at_ms < to_ms);
  const rows = [...rows_of(entries.filter((entry) => entry.ts_ms >= from_ms)), ...cases.filter((each) => within(each.opened_ms)).map(case_row), ...noted.found.filter((each) => within(each.start_ms)).map(noted_row)].sort((x, y) => y.at_ms - x.at_ms);
  const more = () => {
    set_shown(shown + more_rows);
    if (!complete && shown + more_rows > rows.length) older();
  };
  return (
    <>
      {may(session.value?.who?.grants, "operator", asset.line) && <NoteForm asset={asset.id} noted={noted.load} />}
      {rows.length === 0 ? (
        <Notice compact icon="history" title={a("none")} hint={a("none_hint")} />
      ) : (
        <div class="alarm-journal" tabIndex={0} role="group" aria-label={a("happened")}>
          <EntryTable rows={rows.slice(0, shown)} />
        </div>
      )}
      {problem && <ErrorNotice compact error={problem} title={a("failed")} retry={reload} />}
      {noted.problem && <ErrorNotice compact error={noted.problem} title={a("noted_failed")} retry={() => void noted.load()} />}
      {cases_problem && <ErrorNotice compact error={cases_problem} title={a("cases_failed")} />}
      {(rows.length > shown || !complete) && <Button onClick={more}>{t("alarms.older")}</Button>}
      {entries.length > 0 && (
        <p class="quiet asset-marked">
          {a("marked")} {!complete && a("marked_since", { time: moment_text(since_ms, now_ms.value, lang.value) })}
        </p>
      )}
    </>
  );
}

/** At the top of the page: how many stand, and the way down to them, below the trends. */
export function AssetAlarms({ asset }: { asset: Asset }) {
  const n = (alarms.value.data?.alarms ?? []).filter((alarm) => alarm.asset === asset.id && group_of(alarm) !== "aside").length;
  if (n === 0) return null;
  const show = () => {
    const title = document.getElementById("asset-events");
    title?.scrollIntoView();
    title?.focus();
  };
  return (
    <p class="asset-alarms">
      <Button icon="alarm" onClick={show}>
        {a("standing", { n })}
      </Button>
    </p>
  );
}

export function AssetEvents({ asset }: { asset: Asset }) {
  return (
    <section class="asset-events" aria-labelledby="asset-events">
      <h2 id="asset-events" tabIndex={-1}>{a("title")}</h2>
      <Standing asset={asset} />
      <div class="panel">
        <h3>{a("happened")}</h3>
        <Happened asset={asset} />
      </div>
    </section>
  );
}
