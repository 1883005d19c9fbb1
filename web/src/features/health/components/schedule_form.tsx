// When the server trains a machine anew by itself, what came of it, and what an engineer sets of it.
import { useEffect, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Tick } from "~/components/field";
import { FormProblem } from "~/components/form_parts";
import { ErrorNotice } from "~/components/notice";
import { now_ms } from "~/lib/clock";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { moment_text } from "~/lib/format";
import type { HealthSchedule, HealthScheduleOrder, RetrainOutcome } from "~/lib/health_types";
import { useOrder } from "~/lib/hooks";
import { lang, say } from "~/lib/i18n/translate";
import { read_schedule, remove_schedule, set_schedule } from "../api/health";
import { h, type Word } from "../state/words";

const look_again_ms = 5_000;
const time = (ms: number) => moment_text(ms, now_ms.value, lang.value);
const usual: HealthScheduleOrder = { every_days: 7, at: "02:00", history_days: 30, most_false: 1, days: 30, promote: false };

function Last({ of }: { of: RetrainOutcome }) {
  if (of.result === "never" || of.at_ms === null) return <p class="quiet">{h("retrain_never")}</p>;
  const bad = of.result === "refused" || of.result === "interrupted";
  return (
    <p class={bad ? "health-over" : ""} data-retrain={of.result}>
      {h(`retrain_${of.result}`, { time: time(of.at_ms), version: of.version })}
      {say(of.why) && ` ${say(of.why)}`}
    </p>
  );
}

function Form({ all, done }: { all: HealthSchedule; done: (next: HealthSchedule) => void }) {
  const [order, set_order] = useState<HealthScheduleOrder>(all.schedule ?? usual);
  const { busy, problem, run } = useOrder();
  const number = (name: "every_days" | "history_days" | "most_false" | "days", word: Word, step = "1") => (
    <label>
      <span>{h(word)}</span>
      <input class="text-input" type="number" min={step === "1" ? 1 : 0} step={step} value={order[name]} onInput={(event) => set_order({ ...order, [name]: Number(event.currentTarget.value) })} />
    </label>
  );
  return (
    <form
      class="health-form"
      onSubmit={(event) => {
        event.preventDefault();
        const { every_days, at, history_days, most_false, days, promote } = order;
        void run(async () => done(await set_schedule(all.asset, { every_days, at, history_days, most_false, days, promote })));
      }}
    >
      {number("every_days", "retrain_every")}
      <label>
        <span>{h("retrain_at", { zone: all.zone })}</span>
        <input class="text-input" type="time" required value={order.at} onInput={(event) => set_order({ ...order, at: event.currentTarget.value })} />
      </label>
      {number("history_days", "retrain_history")}
      {number("most_false", "train_most", "any")}
      {number("days", "train_days", "any")}
      <Tick label={h("retrain_promote")} checked={order.promote} on_change={(promote) => set_order({ ...order, promote })} />
      <Button disabled={busy} type="submit">
        {h("retrain_set")}
      </Button>
      {all.schedule && (
        <Button disabled={busy} onClick={() => void run(async () => done(await remove_schedule(all.asset)))}>
          {h("retrain_remove")}
        </Button>
      )}
      <FormProblem problem={problem} />
    </form>
  );
}

/** `trained`: a version came of it. */
export function ScheduleForm({ asset, trained }: { asset: string; trained: () => void }) {
  const [all, set_all] = useState<HealthSchedule | null>(null);
  const [error, set_error] = useState<ApiError | null>(null);
  useEffect(() => {
    read_schedule(asset).then(set_all, (thrown) => set_error(as_api_error(thrown)));
  }, [asset]);
  const running = all?.schedule?.last.result === "running";
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => {
      read_schedule(asset).then((next) => {
        set_all(next);
        if (next.schedule?.last.result !== "running") trained();
      }, (thrown) => set_error(as_api_error(thrown)));
    }, look_again_ms);
    return () => clearInterval(timer);
  }, [asset, running]);
  const now = all?.schedule;
  return (
    <section class="panel health-list" data-schedule={now ? "set" : "none"}>
      <h2>{h("retrain")}</h2>
      {error && <ErrorNotice error={error} compact />}
      {all && !now && <p>{h("retrain_none")}</p>}
      {now && <p>{h(now.promote ? "retrain_next_live" : "retrain_next", { time: time(now.next_ms), days: now.every_days, history: now.history_days, who: now.by })}</p>}
      {now && <Last of={now.last} />}
      {all?.may_set && <Form key={now?.set_ms ?? 0} all={all} done={set_all} />}
    </section>
  );
}
