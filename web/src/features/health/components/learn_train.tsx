// What is learnt from a table, and how: the name, what nothing is claimed beyond, the scores.
import { useEffect, useState } from "preact/hooks";
import { Field, problem_of, Tick } from "~/components/field";
import { FormActions, FormProblem } from "~/components/form_parts";
import type { ApiError } from "~/lib/fetch";
import { useOrder } from "~/lib/hooks";
import type { TableReport, TableTraining, TrainingOrder } from "~/lib/learn_types";
import { read_cards } from "../api/health";
import { start_training } from "../api/learn";
import { l, type LearnWord } from "../state/learn_words";

const at_fields = ["name", "cap", "regimes", "seed"];

type About = Pick<TrainingOrder, "table" | "mapping" | "settings" | "variable">;
interface Shown {
  about: About;
  report: TableReport;
  refused: (problem: ApiError | null) => void; // what is about a column stands there
  started: (job: TableTraining) => void;
}

export function LearnTrain({ about, report, refused, started }: Shown) {
  const [said, set_said] = useState({ name: "", replace: false, splits: true, cap: "125", regimes: "0", seed: "1" });
  const [taken, set_taken] = useState<string[]>([]);
  const { busy, problem, run } = useOrder();
  useEffect(() => {
    read_cards().then(({ cards }) => set_taken(cards.map((each) => each.name)), () => set_taken([]));
  }, []);
  useEffect(() => refused(problem), [problem]);
  const life = report.kind === "remaining_life";
  const there = taken.includes(said.name);
  const send = () =>
    void run(async () => {
      const { cap, regimes, seed, replace, ...rest } = said;
      started(await start_training({ ...about, ...rest, replace: replace && there, cap: Number(cap), regimes: Number(regimes), seed: Number(seed) }));
    });
  const number = (field: "cap" | "regimes" | "seed", label: string, hint?: LearnWord) => (
    <Field label={label} problem={problem_of(problem, field)} {...(hint ? { hint: l(hint) } : {})}>
      {(input) => <input {...input} class="text-input" type="number" min={0} step="any" value={said[field]} onInput={(event) => set_said({ ...said, [field]: event.currentTarget.value })} />}
    </Field>
  );
  return (
    <section class="panel" data-train-form>
      <h2>{l("train")}</h2>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <Field label={l("name")} hint={l("name_hint")} problem={problem_of(problem, "name")}>
          {(input) => <input {...input} class="text-input" maxLength={64} autocomplete="off" value={said.name} onInput={(event) => set_said({ ...said, name: event.currentTarget.value })} />}
        </Field>
        {there && <Tick label={l("replace")} checked={said.replace} on_change={(replace) => set_said({ ...said, replace })} />}
        {life && number("cap", l("cap", { time: report.time }))}
        {life && number("regimes", l("regimes"), "regimes_hint")}
        {life && number("seed", l("seed"), "seed_hint")}
        <Tick label={l("splits")} checked={said.splits} on_change={(splits) => set_said({ ...said, splits })} />
        <FormActions go={busy ? l("starting") : l("train_go")} busy={busy} />
      </form>
      <FormProblem problem={problem} at_fields={at_fields} />
    </section>
  );
}
