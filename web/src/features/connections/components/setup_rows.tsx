// The registers to look at, and the values to take: a group of fields for each.
import { Button } from "~/components/button";
import { Tick } from "~/components/field";
import { useState } from "preact/hooks";
import { t } from "~/lib/i18n/translate";
import type { Setup } from "~/lib/setup_types";
import { register_row, renamed, under_new_name, unit_changed, unit_undecided, with_draft, type Draft, type Row } from "../state/draft";
import { MapAll } from "./map_all";
import { Choice, Input, type Found } from "./setup_inputs";

interface RowsProps {
  draft: Draft;
  on_rows: (rows: Row[]) => void;
  found: Found;
}

const tables = ["holding", "input", "coil", "discrete"];
const types = ["u16", "s16", "u32", "s32", "u64", "s64", "f32", "f64"];
const orders = ["abcd", "cdab", "badc", "dcba"];
const shown_at_once = 100;

function changed(rows: Row[], index: number, changes: Partial<Row>): Row[] {
  return rows.map((each, at) => (at === index ? { ...each, ...changes } : each));
}

const problem_at = (found: Found, row: number, ...fields: string[]) => (found?.row === row && fields.includes(found.field) ? found.text : null);

const number_of = (text: string) => Number(text.replace(",", "."));

export function RegisterRows({ draft, on_rows, found }: RowsProps) {
  const { rows } = draft;
  const set = (index: number, key: string, value: unknown) => on_rows(changed(rows, index, { source: { ...rows[index]?.source, [key]: value }, label: "" }));
  return (
    <fieldset>
      <legend>{t("setup.registers")}</legend>
      <p class="quiet">{t("setup.registers_hint")}</p>
      {rows.map((row, index) => {
        const bits = row.source.table === "coil" || row.source.table === "discrete";
        return (
          <div class="setup-row" role="group" aria-label={t("setup.register", { n: index + 1 })} key={index}>
            <Choice label={t("setup.table")} value={String(row.source.table ?? "holding")} options={tables} on_choose={(table) => on_rows(changed(rows, index, { source: { ...row.source, table, type: table === "coil" || table === "discrete" ? "bit" : "u16" } }))} problem={problem_at(found, index, "table")} />
            <Input label={t("setup.register_address")} numeric value={String(row.source.address ?? "")} on_input={(text) => set(index, "address", number_of(text))} problem={problem_at(found, index, "address", "tag")} />
            {!bits && <Choice label={t("setup.type")} value={String(row.source.type ?? "u16")} options={types} on_choose={(type) => set(index, "type", type)} problem={problem_at(found, index, "type", "bit")} />}
            {!bits && <Choice label={t("setup.order")} value={String(row.source.order ?? "abcd")} options={orders} on_choose={(order) => set(index, "order", order)} problem={problem_at(found, index, "order")} />}
            <Input label={t("setup.scale")} numeric value={String(row.source.scale ?? 1)} on_input={(text) => set(index, "scale", number_of(text))} problem={problem_at(found, index, "scale")} />
            {rows.length > 1 && (
              <Button small icon="close" onClick={() => on_rows(rows.filter((_, at) => at !== index))}>
                {t("setup.remove")}
              </Button>
            )}
          </div>
        );
      })}
      <Button small icon="plus" onClick={() => on_rows([...rows, { ...register_row(), source: { ...register_row().source, address: Number(rows.at(-1)?.source.address ?? -1) + 1 } }])}>
        {t("setup.add_register")}
      </Button>
    </fieldset>
  );
}

function row_label(draft: Draft, row: Row): string {
  return draft.kind === "modbus_tcp" ? `${String(row.source.table ?? "holding")} ${String(row.source.address)}` : row.label;
}

/** A stored history has a unit: the person says whether it was wrong, or the device changed. */
function UnitChange({ row, set }: { row: Row; set: (changes: Partial<Row>) => void }) {
  if (!row.was || !unit_changed(row)) return null;
  const fresh = under_new_name(row);
  const words = { was: row.was.unit, now: row.unit || "–", old: row.was.tag, id: fresh.tag ?? "" };
  if (!unit_undecided(row)) return <p class="quiet setup-unit">{t(row.relabel ? "setup.unit_relabelled" : "setup.unit_moved", words)}</p>;
  return (
    <div class="setup-unit" role="alert">
      <p>{t("setup.unit_differs", words)}</p>
      <div class="form-actions">
        <Button small onClick={() => set(fresh)}>
          {t("setup.unit_device", words)}
        </Button>
        <Button small onClick={() => set({ relabel: true })}>
          {t("setup.unit_label", words)}
        </Button>
      </div>
    </div>
  );
}

/** A stored history goes with its value, unless its name is another value's now. */
function NameChange({ row, machine, after }: { row: Row; machine: string; after: Setup }) {
  const id = row.asset || machine;
  if (!row.was || !row.chosen || !renamed(row, id)) return null;
  const words = { old: `${row.was.asset}/${row.was.tag}`, now: `${id}/${row.tag}` };
  const goes = after.description.formerly?.some((each) => each.tag === words.now && each.id === words.old);
  return <p class="quiet setup-unit">{t(goes ? "setup.renamed" : "setup.renamed_anew", words)}</p>;
}

export function ValueRows({ draft, on_rows, found, base }: RowsProps & { base: Setup }) {
  const [words, set_words] = useState("");
  const { rows } = draft;
  const after = with_draft(base, draft);
  const wanted = words.toLowerCase();
  const matching = rows.flatMap((row, index) => (`${row.label} ${row.tag}`.toLowerCase().includes(wanted) ? [index] : []));
  const matches = new Set(matching);
  const hits = rows.flatMap((row, index) => (row.chosen || matches.has(index) ? [index] : []));
  return (
    <fieldset>
      <legend>{t("setup.values")}</legend>
      {rows.length === 0 && <p>{t("setup.nothing_seen")}</p>}
      {rows.length > 12 && <Input label={t("setup.search")} value={words} on_input={set_words} />}
      <MapAll draft={draft} base={base} hits={matching} on_rows={on_rows} />
      {hits.slice(0, shown_at_once).map((index) => {
        const row = rows[index];
        if (!row) return null;
        const set = (changes: Partial<Row>) => on_rows(changed(rows, index, changes));
        return (
          <div class="setup-row" role="group" aria-label={row_label(draft, row)} key={index}>
            <div class="setup-value">
              <Tick label={row_label(draft, row)} checked={row.chosen} on_change={(chosen) => set({ chosen })} />
              <span class="quiet">{row.seen}</span>
            </div>
            {row.chosen && (
              <>
                <Input label={t("setup.id")} value={row.tag} on_input={(tag) => set({ tag })} problem={problem_at(found, index, "tag", "id", "states", "measured_in", "value", "topic", "node")} />
                <Input label={t("setup.name_en")} value={row.en} on_input={(en) => set({ en })} problem={problem_at(found, index, "name")} />
                <Input label={t("setup.name_zh")} value={row.zh} on_input={(zh) => set({ zh })} />
                {!row.state && <Input label={t("setup.unit")} value={row.unit} on_input={(unit) => set({ unit, relabel: false })} problem={problem_at(found, index, "unit")} />}
                {"key" in row.source && <Input label={t("setup.only_key")} value={String(row.source.key)} on_input={(key) => set({ source: { ...row.source, key } })} problem={problem_at(found, index, "key")} />}
                {!row.state && <Input label={t("setup.low")} numeric value={row.low} on_input={(low) => set({ low })} problem={problem_at(found, index, "normal")} />}
                {!row.state && <Input label={t("setup.high")} numeric value={row.high} on_input={(high) => set({ high })} />}
                {!row.state && row.linear !== null && (
                  <Choice
                    label={t("setup.between")}
                    hint={t("setup.between_hint")}
                    value={row.linear ? "linear" : "stepped"}
                    options={[
                      ["stepped", t("setup.stepped")],
                      ["linear", t("setup.linear")],
                    ]}
                    on_choose={(how) => set({ linear: how === "linear" })}
                    problem={problem_at(found, index, "interpolation")}
                  />
                )}
                <UnitChange row={row} set={set} />
                <NameChange row={row} machine={draft.machine} after={after} />
              </>
            )}
          </div>
        );
      })}
      {hits.length > shown_at_once && <p class="quiet">{t("setup.more", { n: hits.length - shown_at_once })}</p>}
    </fieldset>
  );
}
