// Where a table comes from: a file, or lives that are cut out of the stored samples.
import { useState } from "preact/hooks";
import { Field, problem_of, Tick } from "~/components/field";
import { FormActions, FormProblem } from "~/components/form_parts";
import { server_now } from "~/lib/clock";
import { useOrder } from "~/lib/hooks";
import { say } from "~/lib/i18n/translate";
import type { KeptTable, TableList } from "~/lib/learn_types";
import { find_asset, plant } from "~/lib/live/plant_store";
import { add_table, cut_lives } from "../api/learn";
import { l, type LearnWord } from "../state/learn_words";
import { NotedKinds, useNotedKinds } from "./noted_kinds";

const mebibytes = (bytes: number) => Math.ceil(bytes / 2 ** 20);
const toggled = (list: string[], one: string, on: boolean) => (on ? [...list, one] : list.filter((each) => each !== one));
const local_text = (ms: number) => new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

type Done = (table: KeptTable, said: string) => void;

function Ticks({ legend, hint, all, chosen, change }: { legend: string; hint?: string; all: { id: string; title: string }[]; chosen: string[]; change: (chosen: string[]) => void }) {
  return (
    <fieldset class="learn-ticks">
      <legend>{legend}</legend>
      {all.map((each) => (
        <Tick key={each.id} label={each.title} checked={chosen.includes(each.id)} on_change={(on) => change(toggled(chosen, each.id, on))} />
      ))}
      {hint && <p class="quiet">{hint}</p>}
    </fieldset>
  );
}

export function FileForm({ list, done }: { list: TableList; done: Done }) {
  const [file, set_file] = useState<File | null>(null);
  const [lines, set_lines] = useState(list.lines.length === 1 ? list.lines : []);
  const [asked, set_asked] = useState(false);
  const { busy, problem, run } = useOrder();
  const mine = !file ? (asked ? l("no_file") : null) : file.size > list.most_bytes ? l("too_large", { size: mebibytes(file.size) }) : null;
  return (
    <section class="panel" data-table-form>
      <h2>{l("add")}</h2>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          set_asked(true);
          if (file && file.size <= list.most_bytes) {
            void run(async () => {
              const table = await add_table(file, lines);
              done(table, l("added", { file: table.file }));
            });
          }
        }}
      >
        <Field label={l("file")} hint={l("file_hint", { size: mebibytes(list.most_bytes) })} problem={mine ?? problem_of(problem, "file", "variable")}>
          {(input) => <input {...input} class="text-input" type="file" accept=".csv,.txt,.dat,.mat" onChange={(event) => set_file(event.currentTarget.files?.[0] ?? null)} />}
        </Field>
        <Ticks legend={l("lines")} hint={l("lines_hint")} all={list.lines.map((id) => ({ id, title: id }))} chosen={lines} change={set_lines} />
        <FormActions go={busy ? l("adding") : l("add_go")} busy={busy} />
      </form>
      <FormProblem problem={problem} at_fields={["file", "variable"]} />
    </section>
  );
}

const most_named = 8;
const cut_fields = ["ends", "begins", "row_s", "row", "since_ms", "from"];

export function CutForm({ list, done }: { list: TableList; done: Done }) {
  const machines = (plant.value.data?.assets ?? []).filter((each) => list.lines.includes(each.line));
  const [about, set_about] = useState({ machines: [] as string[], states: [] as string[], ends: "", begins: "", hours: "1", since: local_text(server_now() - 365 * 86_400_000) });
  const [none, set_none] = useState(false);
  const { busy, problem, run } = useOrder();
  const states = find_asset(about.machines[0] ?? "")?.states ?? [];
  const kinds = useNotedKinds(about.machines);
  const kind = (name: "ends" | "begins", hint: LearnWord) => (
    <Field label={l(name)} hint={l(hint)} problem={problem_of(problem, name)}>
      {(input) => <input {...input} class="text-input" maxLength={128} list="noted_kinds" value={about[name]} onInput={(event) => set_about({ ...about, [name]: event.currentTarget.value })} />}
    </Field>
  );
  const send = async () => {
    const order = { machines: about.machines, states: about.states, ends: about.ends, begins: about.begins, row_s: 3600 * Number(about.hours), since_ms: new Date(about.since).getTime() || 0 };
    const cut = await cut_lives(order);
    const parts = [l("cut_done", { lives: cut.lives, rows: cut.rows }), cut.without_beginning > 0 && l("cut_without", { n: cut.without_beginning }), cut.too_short > 0 && l("cut_short", { n: cut.too_short })];
    done(cut.table, parts.filter((each) => each !== false).join(" "));
  };
  return (
    <details class="panel" data-cut-form>
      <summary>{l("cut")}</summary>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          set_none(about.machines.length === 0);
          if (about.machines.length > 0) void run(send);
        }}
      >
        <p class="quiet">{l("cut_hint")}</p>
        <Ticks legend={l("machines")} all={machines.map((each) => ({ id: each.id, title: l("machine_of_kind", { name: say(each.name) || each.id, kind: say(each.kind_name) || each.kind }) }))} chosen={about.machines} change={(chosen) => set_about({ ...about, machines: chosen })} />
        {none && about.machines.length === 0 && <p class="field-problem" role="alert">{l("no_machines")}</p>}
        <NotedKinds id="noted_kinds" kinds={kinds} />
        {kinds.length > 0 && <p class="quiet" data-noted-kinds>{l("kinds_noted", { kinds: kinds.slice(0, most_named).join(" · ") })}</p>}
        {kind("ends", "ends_hint")}
        {kind("begins", "begins_hint")}
        {states.length > 0 && <Ticks legend={l("states")} all={states.map((each) => ({ id: each.id, title: say(each.name) || each.id }))} chosen={about.states} change={(chosen) => set_about({ ...about, states: chosen })} />}
        <Field label={l("row_h")} problem={problem_of(problem, "row_s", "row")}>
          {(input) => <input {...input} class="text-input" type="number" min={0} step="any" value={about.hours} onInput={(event) => set_about({ ...about, hours: event.currentTarget.value })} />}
        </Field>
        <Field label={l("since")} problem={problem_of(problem, "since_ms", "from")}>
          {(input) => <input {...input} class="text-input" type="datetime-local" value={about.since} onInput={(event) => set_about({ ...about, since: event.currentTarget.value })} />}
        </Field>
        <FormActions go={busy ? l("cutting") : l("cut_go")} busy={busy} />
      </form>
      <FormProblem problem={problem} at_fields={cut_fields} />
    </details>
  );
}
