// A CSV file: what its columns are, what they could be, which rows cannot be read; then, and only then, stored.
import { useId, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Field, problem_of, Tick } from "~/components/field";
import { ErrorNotice, Notice } from "~/components/notice";
import { now_ms } from "~/lib/clock";
import { moment_text, number_text, unit_text } from "~/lib/format";
import { useOrder } from "~/lib/hooks";
import { lang, say, t } from "~/lib/i18n/translate";
import { import_csv, most_bytes, type CsvOrder, type CsvOutcome } from "../api/csv";
import { unmapped_headers } from "../state/csv_headers";
import { csv_text, type CsvText } from "../state/csv_text";
import { c } from "../state/words";

type Mapped = Record<string, string>; // header -> tag
type Answers = Pick<CsvOrder, "map" | "utc_offset" | "take_last_line">;

const count = (n: number) => number_text(n, lang.value, 0);

function Mapping({ headers, map, on_change, tags }: { headers: string[]; map: Mapped; on_change: (map: Mapped) => void; tags: string[] }) {
  const list = useId();
  return (
    <fieldset class="csv-mapping">
      <legend>{t("csv.unknown", { n: headers.length })}</legend>
      <datalist id={list}>
        {tags.map((tag) => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
      {headers.map((header) => (
        <Field key={header} label={header}>
          {(input) => <input {...input} class="text-input" list={list} value={map[header] ?? ""} placeholder={t("csv.pass_over")} autocapitalize="none" spellcheck={false} onInput={(event) => on_change({ ...map, [header]: event.currentTarget.value.trim() })} />}
        </Field>
      ))}
    </fieldset>
  );
}

function Outcome({ found }: { found: CsvOutcome }) {
  return (
    <>
      <p>{t(found.a_value_a_row ? "csv.rows_layout" : "csv.columns_layout", { rows: count(found.rows), readings: count(found.readings) })}</p>
      {found.columns.length > 0 && (
        <ul class="csv-columns">
          {found.columns.map((column) => (
            <li key={column.column}>
              {t("csv.column", { n: column.column })} <span class="mono">{column.tag}</span> {unit_text(column.tag_unit)}{" "}
              {column.unit !== "" && column.unit !== column.tag_unit && <b class="quality quality-uncertain">{t("csv.unit_differs", { unit: column.unit })}</b>}
            </li>
          ))}
        </ul>
      )}
      {found.first.length > 0 && (
        <ul class="csv-first quiet mono">
          {found.first.map((reading, index) => (
            <li key={index}>{`${reading.ts_ms === null ? "–" : moment_text(reading.ts_ms, now_ms.value, lang.value)}  ${reading.tag}  ${reading.value ?? "–"}`}</li>
          ))}
        </ul>
      )}
      {found.problem_count > 0 && (
        <div role="status">
          <Notice compact icon="warning" tone="amber" title={t("csv.problems", { n: count(found.problem_count) })} />
          <ul class="csv-problems">
            {found.problems.slice(0, 20).map((problem, index) => (
              <li key={index}>{t("csv.problem", { line: problem.line, what: say(problem.what) })}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

export function CsvPanel({ tags, close }: { tags: string[]; close: () => void }) {
  const [file, set_file] = useState<CsvText | null>(null);
  const [refused, set_refused] = useState<"csv.too_large" | "csv.no_encoding" | null>(null);
  const [map, set_map] = useState<Mapped>({});
  const [offset, set_offset] = useState("");
  const [take_last, set_take_last] = useState(false);
  const [found, set_found] = useState<CsvOutcome | null>(null);
  const [looked, set_looked] = useState(""); // the answers with which it was found
  const { busy, problem, run } = useOrder();

  const send = async (chosen: CsvText, answers: Answers, store: boolean, newest: () => boolean) => {
    set_found(null);
    const ignore = store ? headers.filter((header) => !answers.map[header]) : [];
    const outcome = await import_csv({ text: chosen.text, ...answers, ignore, store });
    if (!newest()) return;
    set_found(outcome);
    set_looked(JSON.stringify(answers));
  };
  const choose = (input: HTMLInputElement) =>
    run(async (newest) => {
      const [picked] = input.files ?? [];
      const too_large = picked !== undefined && picked.size > most_bytes;
      set_refused(too_large ? "csv.too_large" : null);
      set_file(null);
      set_found(null);
      set_map({});
      set_take_last(false);
      if (!picked || too_large) return;
      const chosen = csv_text(await picked.arrayBuffer());
      if (!newest()) return;
      set_file(chosen);
      if (chosen === null) set_refused("csv.no_encoding");
      else await send(chosen, { map: {}, utc_offset: offset, take_last_line: false }, false, newest);
    });
  const answers: Answers = { map: Object.fromEntries(Object.entries(map).filter(([, tag]) => tag !== "")), utc_offset: offset, take_last_line: take_last };
  const changed = found !== null && looked !== JSON.stringify(answers);
  // Those that were mapped stay to be changed.
  const headers = file ? [...new Set([...Object.keys(map), ...(found ? found.unknown : problem ? unmapped_headers(file.text) : [])])] : [];
  const stored = found?.stored ?? null;

  return (
    <section class="panel form" aria-labelledby="csv-title">
      <h2 id="csv-title">{t("csv.title")}</h2>
      <Field label={t("csv.file")} hint={t("csv.hint")} problem={refused && t(refused)}>
        {(input) => <input {...input} type="file" class="file-input" accept=".csv,.txt,.tsv,text/csv" disabled={busy} onChange={(event) => void choose(event.currentTarget)} />}
      </Field>
      {file && stored === null && (
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            void run((newest) => send(file, answers, false, newest));
          }}
        >
          <p class="quiet">{t("csv.encoding", { name: file.encoding })}</p>
          {headers.length > 0 && <Mapping headers={headers} map={map} on_change={set_map} tags={tags} />}
          <Field label={t("csv.utc_offset")} hint={t("csv.utc_offset_hint")} problem={problem_of(problem, "utc_offset")}>
            {(input) => <input {...input} class="text-input" value={offset} maxLength={6} spellcheck={false} onInput={(event) => set_offset(event.currentTarget.value.trim())} />}
          </Field>
          {busy && <p role="status">{t("people.busy")}</p>}
          {problem && problem.param !== "utc_offset" && <ErrorNotice compact error={problem} />}
          {found && <Outcome found={found} />}
          {found && found.open_line !== null && <Tick label={c("take_last", { line: found.open_line })} checked={take_last} on_change={set_take_last} />}
          {changed && (
            <div role="status">
              <Notice compact icon="retry" tone="amber" title={t("csv.changed")} />
            </div>
          )}
          <div class="form-actions">
            <Button type="submit" icon="retry" disabled={busy}>
              {t("csv.preview")}
            </Button>
            {found && found.readings > 0 && (
              <Button kind="strong" icon="check" disabled={busy || changed} onClick={() => void run((newest) => send(file, answers, true, newest))}>
                {t("csv.store", { n: count(found.readings) })}
              </Button>
            )}
            <Button onClick={close}>{t("people.cancel")}</Button>
          </div>
        </form>
      )}
      {found && stored !== null && (
        <>
          <div role="status" data-csv="stored">
            <Notice compact icon="check_circle" title={t("csv.stored", { n: count(stored), doubtful: count(found.doubtful ?? 0) })} hint={t("csv.once")} />
          </div>
          <div class="form-actions">
            <Button onClick={close}>{t("app.close")}</Button>
          </div>
        </>
      )}
    </section>
  );
}
