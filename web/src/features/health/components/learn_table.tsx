// One table: its columns and what each is for, the data report, and the training.
import { useEffect, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { ErrorNotice, Skeleton } from "~/components/notice";
import type { ApiError } from "~/lib/fetch";
import { number_text } from "~/lib/format";
import { useOrder } from "~/lib/hooks";
import { lang } from "~/lib/i18n/translate";
import type { TableColumns, TableReport, TableTraining } from "~/lib/learn_types";
import { read_columns, read_table_report } from "../api/learn";
import { findings_at, mapping_of, roles_of, settings_of, with_role, type Roles } from "../state/learn_mapping";
import { l } from "../state/learn_words";
import { column_id, Findings, LearnColumns } from "./learn_columns";
import { LearnTrain } from "./learn_train";

const count = (value: number, decimals = 0) => number_text(value, lang.value, decimals);

function Report({ report, columns }: { report: TableReport; columns: TableColumns }) {
  const refused = report.findings.filter((each) => each.handling === "refused");
  const { life } = report;
  return (
    <section class="panel" data-report={report.trainable ? "trainable" : "refused"}>
      <h2>{l("report")}</h2>
      <div class="health-list">
        <p>{report.kind === "remaining_life" ? l("report_life", { assets: report.assets, rows: count(report.rows) }) : l("report_failure", { failures: count(report.failures), rows: count(report.rows) })}</p>
        {life && <p>{l("lived", { least: count(life.least), median: count(life.median), most: count(life.most), time: report.time })}</p>}
        <Findings of={findings_at(report.findings, "")} />
        <p role="status" class={report.trainable ? "" : "health-over"}>
          {report.trainable ? l("fine") : l("refused", { n: refused.length })}
        </p>
        <ul class="health-list">
          {refused.map((each) => {
            const index = columns.columns.findIndex((column) => column.name === each.column);
            return index < 0 ? null : (
              <li key={`${each.finding} ${each.column}`}>
                <Button onClick={() => document.getElementById(column_id(index))?.focus()}>{l("go_to_column", { column: each.column })}</Button>
              </li>
            );
          })}
        </ul>
      </div>
    </section>
  );
}

export function LearnTable({ number, started }: { number: number; started: (job: TableTraining) => void }) {
  const [table, set_table] = useState<TableColumns | null>(null);
  const [variable, set_variable] = useState("");
  const [roles, set_roles] = useState<Roles>({});
  const [report, set_report] = useState<TableReport | null>(null);
  const [stale, set_stale] = useState(false);
  const [refused, set_refused] = useState<ApiError | null>(null);
  const { busy, problem, run } = useOrder();
  const check = (of: TableColumns, mine: Roles) =>
    run(async (newest) => {
      set_report(null);
      const found = await read_table_report(number, mapping_of(mine, of.mapping), variable);
      if (!newest()) return;
      set_report(found);
      set_stale(false);
    });
  useEffect(
    () =>
      void run(async (newest) => {
        const found = await read_columns(number, variable);
        if (!newest()) return;
        const guessed = roles_of(found);
        set_table(found);
        set_roles(guessed);
        if (found.columns.length > 0) await check(found, guessed);
      }),
    [number, variable],
  );
  const change = (next: Roles) => {
    set_roles(next);
    set_stale(true);
    set_refused(null);
  };
  const loading = !table && !problem;
  return (
    <>
      {loading && <Skeleton shapes={4} height="row" />}
      {table && table.variables.length > 1 && (
        <section class="panel">
          <label class="health-machine">
            <span>{l("variable")}</span>
            <select class="select" value={variable} onChange={(event) => set_variable(event.currentTarget.value)}>
              <option value="">{l("choose")}</option>
              {table.variables.map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </select>
          </label>
        </section>
      )}
      {table && table.columns.length > 0 && (
        <section class="panel" data-columns>
          <h2>{l("columns")}</h2>
          <p class="quiet">{l("columns_summary", { rows: count(table.rows), columns: count(table.columns.length) })}</p>
          <LearnColumns table={table} roles={roles} findings={report?.findings ?? []} problem={problem ?? refused} change={(column, role) => change(with_role(roles, column, role))} />
          <div class="health-facts">
            <Button disabled={busy || !stale} onClick={() => void check(table, roles)}>
              {l("check")}
            </Button>
            <span role="status" class="quiet">
              {busy ? l("checking") : stale ? l("stale") : ""}
            </span>
          </div>
        </section>
      )}
      {problem && <ErrorNotice error={problem} compact />}
      {table && report && <Report report={report} columns={table} />}
      {table && report?.trainable && !stale && (
        <LearnTrain about={{ table: number, variable, mapping: mapping_of(roles, table.mapping), settings: settings_of(roles) }} report={report} refused={set_refused} started={started} />
      )}
    </>
  );
}
