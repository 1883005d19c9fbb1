// Trainings that run on the server: how far each is, how it ended, and what to do with what was learnt.
import { useEffect, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { ErrorNotice } from "~/components/notice";
import { Progress } from "~/components/progress";
import { now_ms } from "~/lib/clock";
import { duration_text, moment_text, number_text } from "~/lib/format";
import { useOrder } from "~/lib/hooks";
import { lang, say } from "~/lib/i18n/translate";
import type { TableTraining } from "~/lib/learn_types";
import { plant } from "~/lib/live/plant_store";
import { link, navigate } from "~/lib/router";
import type { MaintenanceCard } from "~/lib/health_types";
import { read_cards } from "../api/health";
import { cancel_training, read_training } from "../api/learn";
import { l } from "../state/learn_words";
import { Card } from "./cards_page";

const look_ms = 1_000;
const count = (value: number, decimals = 0) => number_text(value, lang.value, decimals);

/** "Growing trees: 120 of 1,200 · 41 a second, 26 s left". */
export function how_far(job: TableTraining): string {
  const stage = l(job.stage);
  if (job.total === 0) return stage;
  const steps = `${stage}: ${l("steps", { done: count(job.done), total: count(job.total) })}`;
  if (job.per_s === null || job.left_s === null) return steps;
  return `${steps} · ${l("pace", { rate: count(job.per_s, job.per_s < 10 ? 1 : 0), left: duration_text(1000 * Math.max(1, job.left_s), lang.value) })}`;
}

function how_ended(job: TableTraining): string {
  const time = moment_text(job.ended_ms ?? job.started_ms, now_ms.value, lang.value);
  if (job.state === "failed") return l("failed", { time, why: say(job.problem) });
  return job.state === "running" ? "" : l(job.state, { time });
}

function Follow({ model }: { model: string }) {
  const machines = plant.value.data?.assets ?? [];
  const [asset, set_asset] = useState(machines[0]?.id ?? "");
  if (machines.length === 0) return null;
  return (
    <form
      class="health-form"
      data-follow={model}
      onSubmit={(event) => {
        event.preventDefault();
        navigate(link("/maintenance", { view: null, table: null, life: asset, by: model }));
      }}
    >
      <label>
        <span>{l("follow")}</span>
        <select class="select" value={asset} onChange={(event) => set_asset(event.currentTarget.value)}>
          {machines.map((each) => (
            <option key={each.id} value={each.id}>
              {say(each.name) || each.id}
            </option>
          ))}
        </select>
      </label>
      <Button type="submit">{l("follow_go")}</Button>
    </form>
  );
}

/** The card of what was just learnt. */
function Learnt({ job }: { job: TableTraining }) {
  const [card, set_card] = useState<MaintenanceCard | null>(null);
  useEffect(() => {
    read_cards().then(({ cards }) => set_card(cards.find((each) => each.name === job.model) ?? null), () => set_card(null));
  }, [job.training]);
  if (!card) return null;
  return (
    <>
      <h3>{l("card")}</h3>
      <ul class="health-list">
        <Card of={card} />
      </ul>
      {job.kind === "remaining_life" ? <Follow model={job.model} /> : <p class="quiet">{l("no_follow")}</p>}
    </>
  );
}

function Running({ job, changed }: { job: TableTraining; changed: (job: TableTraining) => void }) {
  const { busy, problem, run } = useOrder();
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(() => {
      read_training(job.training).then((now) => !gone && changed(now), () => !gone && changed({ ...job })); // asked again
    }, look_ms);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [job]);
  return (
    <div class="health-list">
      <Progress share={job.total > 0 ? job.done / job.total : null} label={l("training_of", { model: job.model })} />
      <div class="health-facts">
        <span class="quiet" data-how-far>
          {how_far(job)}
        </span>
        <Button disabled={busy} onClick={() => void run(async () => changed(await cancel_training(job.training)))}>
          {l("cancel")}
        </Button>
      </div>
      {problem && <ErrorNotice error={problem} compact />}
    </div>
  );
}

export function LearnJob({ job, fresh, changed }: { job: TableTraining; fresh: boolean; changed: (job: TableTraining) => void }) {
  const bad = job.state === "failed" || job.state === "interrupted";
  return (
    <li class="health-list" data-training={job.training} data-state={job.state}>
      <div class="health-head">
        <b>{job.model}</b>
        <span class="quiet">{l("from_file", { file: job.file, who: job.by })}</span>
      </div>
      {job.state === "running" ? <Running job={job} changed={changed} /> : <p class={bad ? "health-over" : "quiet"}>{how_ended(job)}</p>}
      {job.state === "done" && fresh && <Learnt job={job} />}
    </li>
  );
}
