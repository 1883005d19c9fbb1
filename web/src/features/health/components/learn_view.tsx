// Learn from history: tables that are kept, one of them with its columns and report, and trainings that run.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import { now_ms } from "~/lib/clock";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { moment_text, number_text } from "~/lib/format";
import { useOrder } from "~/lib/hooks";
import { lang } from "~/lib/i18n/translate";
import type { KeptTable, TableList, TableTraining } from "~/lib/learn_types";
import { link, query, set_query } from "~/lib/router";
import { read_tables, read_trainings, remove_table } from "../api/learn";
import { l } from "../state/learn_words";
import { LearnJob } from "./learn_job";
import { CutForm, FileForm } from "./learn_source";
import { LearnTable } from "./learn_table";
import "~/components/field.css";
import "~/components/panel.css";
import "./health.css";
import "./learn.css";

const most_ended = 5;

function Kept({ table, gone }: { table: KeptTable; gone: () => void }) {
  const [sure, set_sure] = useState(false);
  const { busy, problem, run } = useOrder();
  return (
    <li data-table={table.table}>
      <a href={link("/maintenance", { view: "learn", table: String(table.table) })}>{table.file}</a>
      {table.cut && <span class="chip">{l("was_cut")}</span>}
      <span class="quiet">{l("table_facts", { size: number_text(table.bytes / 1000, lang.value, table.bytes < 10_000 ? 1 : 0), lines: table.lines.join(", ") || l("no_lines"), time: moment_text(table.added_ms, now_ms.value, lang.value), who: table.by })}</span>
      {!sure && <Button onClick={() => set_sure(true)}>{l("remove")}</Button>}
      {sure && (
        <span class="health-facts" role="group">
          <span>{l("remove_what")}</span>
          <Button
            disabled={busy}
            onClick={() =>
              void run(async () => {
                await remove_table(table.table);
                gone();
              })
            }
          >
            {l("remove_go")}
          </Button>
          <Button onClick={() => set_sure(false)}>{l("keep")}</Button>
        </span>
      )}
      {problem && <ErrorNotice error={problem} compact />}
    </li>
  );
}

export function LearnView() {
  const [list, set_list] = useState<TableList | null>(null);
  const [jobs, set_jobs] = useState<TableTraining[]>([]);
  const [seen_running, set_seen_running] = useState<number[]>([]);
  const [error, set_error] = useState<ApiError | null>(null);
  const [said, set_said] = useState("");
  const load = () =>
    Promise.all([read_tables(), read_trainings()]).then(
      ([tables, { trainings }]) => {
        set_list(tables);
        set_jobs(trainings);
        set_seen_running(trainings.filter((each) => each.state === "running").map((each) => each.training));
        set_error(null);
      },
      (thrown) => set_error(as_api_error(thrown)),
    );
  useEffect(() => void load(), []);
  const changed = (job: TableTraining) => set_jobs((all) => all.map((each) => (each.training === job.training ? job : each)));
  const heading = useRef<HTMLHeadingElement>(null);
  const [begun, set_begun] = useState(0);
  useLayoutEffect(() => {
    if (begun > 0) heading.current?.focus(); // the form that began it is far below
  }, [begun]);
  const started = (job: TableTraining) => {
    set_begun(job.training);
    set_jobs((all) => [job, ...all]);
    set_seen_running((all) => [...all, job.training]);
  };
  const chosen = Number(query.value.table ?? 0);
  const table = list?.tables.find((each) => each.table === chosen);
  const running = jobs.filter((each) => each.state === "running");
  const shown = [...running, ...jobs.filter((each) => each.state !== "running").slice(0, most_ended)];
  const open = (made: KeptTable, words: string) => {
    set_said(words);
    void load().then(() => set_query({ table: String(made.table) }));
  };
  return (
    <div class="health-page" data-learn-page>
      <PageHead title={table ? `${l("title")}: ${table.file}` : l("title")} summary={l("summary")}>
        <a class="button button-plain" href={link("/maintenance", chosen > 0 ? { view: "learn", table: null } : { view: null, table: null })}>
          {chosen > 0 ? l("tables_back") : l("back")}
        </a>
        <a class="button button-plain" href={link("/maintenance", { view: "cards", table: null })}>
          {l("all_cards")}
        </a>
      </PageHead>
      {error && <ErrorNotice error={error} retry={() => void load()} />}
      {!list && !error && <Skeleton shapes={4} height="row" />}
      <p role="status">{said}</p>
      {shown.length > 0 && (
        <section class="panel" data-trainings>
          <h2 ref={heading} tabIndex={-1}>
            {l("trainings")}
          </h2>
          <ul class="health-list">
            {shown.map((each) => (
              <LearnJob key={each.training} job={each} fresh={seen_running.includes(each.training)} changed={changed} />
            ))}
          </ul>
        </section>
      )}
      {chosen > 0 && <LearnTable key={chosen} number={chosen} started={started} />}
      {chosen === 0 && list && (
        <>
          {list.tables.length === 0 && <Notice icon="question" title={l("no_tables")} hint={l("no_tables_hint")} />}
          {list.tables.length > 0 && (
            <section class="panel">
              <h2>{l("tables")}</h2>
              <ul class="health-cases">
                {list.tables.map((each) => (
                  <Kept
                    key={each.table}
                    table={each}
                    gone={() => {
                      set_said(l("removed"));
                      void load();
                    }}
                  />
                ))}
              </ul>
            </section>
          )}
          <FileForm list={list} done={open} />
          <CutForm list={list} done={open} />
        </>
      )}
    </div>
  );
}
