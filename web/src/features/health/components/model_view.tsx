// The model of one machine: its versions with their cards, what a replay says, and what to do.
import { useEffect, useState } from "preact/hooks";
import { ErrorNotice, Skeleton } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import { now_ms } from "~/lib/clock";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { moment_text } from "~/lib/format";
import type { HealthReplayJob, HealthVersion, HealthVersions } from "~/lib/health_types";
import { lang } from "~/lib/i18n/translate";
import { link } from "~/lib/router";
import { read_replay, read_versions } from "../api/health";
import { h } from "../state/words";
import { asset_title } from "./health_page";
import { ModelCard } from "./model_card";
import { PastReplay } from "./past_replay";
import { ScheduleForm } from "./schedule_form";
import { VersionActions } from "./version_actions";

const look_again_ms = 1_000;

interface Shown {
  all: HealthVersions;
  of: HealthVersion;
  changed: (all: HealthVersions, said: string) => void;
  replays: (job: HealthReplayJob) => void;
}

/** What the gate says of a version that was replayed. */
function verdict(of: HealthVersion | undefined): string {
  if (of?.stage !== "shadow") return "";
  return h(of.shut.length > 0 ? "gate_shut" : "gate_open");
}

function Version({ all, of, changed, replays }: Shown) {
  return (
    <li class="panel health-machine" data-version={of.version} data-stage={of.stage}>
      <div class="health-head">
        <h2>{h("version", { version: of.version })}</h2>
        <span class="chip">{h(of.stage)}</span>
        <span class="quiet">{h("since", { time: moment_text(of.at_ms, now_ms.value, lang.value), who: of.who })}</span>
      </div>
      {of.stage === "shadow" && <p>{h("would", { n: of.would_alarms })}</p>}
      {of.replay && <PastReplay of={of.replay} />}
      <VersionActions all={all} of={of} changed={changed} replays={replays} />
      <ModelCard of={of} />
    </li>
  );
}

export function ModelView({ asset }: { asset: string }) {
  const [all, set_all] = useState<HealthVersions | null>(null);
  const [said, set_said] = useState("");
  const [error, set_error] = useState<ApiError | null>(null);
  useEffect(() => {
    read_versions(asset).then(set_all, (thrown) => set_error(as_api_error(thrown)));
  }, [asset]);
  const replays = (job: HealthReplayJob) => set_all((now) => now && { ...now, replay_job: job });
  const running = all?.replay_job.state === "running";
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(async () => {
      try {
        const job = await read_replay(asset);
        if (job.state === "running") return replays(job);
        const next = await read_versions(asset);
        set_all(next);
        if (job.state === "done") set_said(`${h("replayed", { version: job.version })} ${verdict(next.versions.find((each) => each.version === job.version))}`);
      } catch (thrown) {
        set_error(as_api_error(thrown));
      }
    }, look_again_ms);
    return () => clearInterval(timer);
  }, [asset, running]);
  const changed = (next: HealthVersions, words: string) => {
    set_all(next);
    set_said(words);
  };
  return (
    <div class="health-page" data-model-page={asset}>
      <PageHead title={h("model_of", { asset: asset_title(asset) })} summary={h("model_summary")}>
        <a class="button button-plain" href={link("/maintenance")}>
          {h("back")}
        </a>
      </PageHead>
      {error && <ErrorNotice error={error} />}
      {!all && !error && <Skeleton shapes={4} height="row" />}
      <p role="status">{said}</p>
      <ul class="health-list">
        {all?.versions.map((each) => (
          <Version key={each.version} all={all} of={each} changed={changed} replays={replays} />
        ))}
      </ul>
      {all && <ScheduleForm asset={asset} trained={() => read_versions(asset).then(set_all, (thrown) => set_error(as_api_error(thrown)))} />}
    </div>
  );
}
