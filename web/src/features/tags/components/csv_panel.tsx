// A CSV file: what its columns are, what they could be, which rows cannot be read; then, and only then, stored.
import { useId, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Field, problem_of } from "~/components/field";
import { ErrorNotice, Notice } from "~/components/notice";
import { now_ms } from "~/lib/clock";
import { moment_text, number_text, unit_text } from "~/lib/format";
import { useOrder } from "~/lib/hooks";
import { lang, say, t } from "~/lib/i18n/translate";
import { import_csv, most_bytes, type CsvOutcome } from "../api/csv";
import { unmapped_headers } from "../state/csv_headers";

interface Chosen {
  name: string;
  text: string;
}

const count = (n: number) => number_text(n, lang.value, 0);

function Mapping({ headers, map, on_change, tags }: { headers: string[]; map: Record<string, string>; on_change: (map: Record<string, string>) => void; tags: string[] }) {
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
  const [file, set_file] = useState<Chosen | null>(null);
  const [too_large, set_too_large] = useState(false);
  const [map, set_map] = useState<Record<string, string>>({});
  const [offset, set_offset] = useState("");
  const [found, set_found] = useState<CsvOutcome | null>(null);
  const { busy, problem, run } = useOrder();

  const send = (chosen: Chosen, store: boolean) =>
    run(async () => {
      set_found(null);
      const wanted = Object.fromEntries(Object.entries(map).filter(([, tag]) => tag !== ""));
      const ignore = store ? headers.filter((header) => !wanted[header]) : [];
      set_found(await import_csv({ text: chosen.text, map: wanted, ignore, utc_offset: offset, store }));
    });
  const choose = async (input: HTMLInputElement) => {
    const [picked] = input.files ?? [];
    set_too_large(picked !== undefined && picked.size > most_bytes);
    if (!picked || picked.size > most_bytes) return set_file(null);
    const chosen = { name: picked.name, text: await picked.text() };
    set_file(chosen);
    set_map({});
    return send(chosen, false);
  };
  // Those that were mapped stay to be changed.
  const headers = file ? [...new Set([...Object.keys(map), ...(found ? found.unknown : problem ? unmapped_headers(file.text) : [])])] : [];
  const stored = found?.stored ?? null;

  return (
    <section class="panel form" aria-labelledby="csv-title">
      <h2 id="csv-title">{t("csv.title")}</h2>
      <Field label={t("csv.file")} hint={t("csv.hint")} problem={too_large ? t("csv.too_large") : null}>
        {(input) => <input {...input} type="file" class="csv-file" accept=".csv,.txt,.tsv,text/csv" onChange={(event) => void choose(event.currentTarget)} />}
      </Field>
      {file && stored === null && (
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            void send(file, false);
          }}
        >
          {headers.length > 0 && <Mapping headers={headers} map={map} on_change={set_map} tags={tags} />}
          <Field label={t("csv.utc_offset")} hint={t("csv.utc_offset_hint")} problem={problem_of(problem, "utc_offset")}>
            {(input) => <input {...input} class="text-input" value={offset} maxLength={6} spellcheck={false} onInput={(event) => set_offset(event.currentTarget.value.trim())} />}
          </Field>
          {busy && <p role="status">{t("people.busy")}</p>}
          {problem && problem.param !== "utc_offset" && <ErrorNotice compact error={problem} />}
          {found && <Outcome found={found} />}
          <div class="form-actions">
            <Button type="submit" icon="retry" disabled={busy}>
              {t("csv.preview")}
            </Button>
            {found && found.readings > 0 && (
              <Button kind="strong" icon="check" disabled={busy} onClick={() => void send(file, true)}>
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
