// A replay that runs on the server: how far it is, and how it ended.
import { Button } from "~/components/button";
import { FormProblem } from "~/components/form_parts";
import { Progress } from "~/components/progress";
import { now_ms } from "~/lib/clock";
import { duration_text, moment_text, number_text } from "~/lib/format";
import type { HealthReplayJob } from "~/lib/health_types";
import { useOrder } from "~/lib/hooks";
import { lang, say } from "~/lib/i18n/translate";
import { cancel_replay } from "../api/health";
import { h } from "../state/words";

interface Shown {
  asset: string;
  job: HealthReplayJob;
  may_cancel: boolean;
  changed: (job: HealthReplayJob) => void;
}

function how_far(job: HealthReplayJob): string {
  const rows = (value: number) => number_text(value, lang.value, 0);
  if (job.rows === 0) return h("replay_begins");
  const done = h("replay_rows", { done: rows(job.rows_done), rows: rows(job.rows) });
  if (job.rows_per_s === null || job.left_s === null) return done;
  return `${done} · ${h("replay_pace", { rate: rows(job.rows_per_s), left: duration_text(1000 * Math.max(1, job.left_s), lang.value) })}`;
}

function how_ended(job: HealthReplayJob): string {
  const when = { time: moment_text(job.ended_ms ?? job.started_ms ?? 0, now_ms.value, lang.value) };
  if (job.state === "cancelled") return h("replay_cancelled", when);
  if (job.state === "interrupted") return h("replay_interrupted", when);
  return h("replay_failed", { why: say(job.problem) });
}

export function ReplayJobView({ asset, job, may_cancel, changed }: Shown) {
  const { busy, problem, run } = useOrder();
  if (job.state === "none" || job.state === "done") return null;
  if (job.state !== "running") return <p class="health-over" data-replay-job={job.state}>{how_ended(job)}</p>;
  return (
    <div class="health-list" data-replay-job="running">
      <Progress share={job.rows > 0 ? job.rows_done / job.rows : null} label={h("replaying")} />
      <div class="health-facts">
        <span class="quiet">{how_far(job)}</span>
        {may_cancel && (
          <Button disabled={busy} onClick={() => void run(async () => changed(await cancel_replay(asset)))}>
            {h("replay_cancel")}
          </Button>
        )}
      </div>
      <FormProblem problem={problem} />
    </div>
  );
}
