// The model of one machine: its versions with their cards, what a replay says, and what to do.
import { useEffect, useState } from "preact/hooks";
import { ErrorNotice, Skeleton } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import { now_ms } from "~/lib/clock";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { moment_text } from "~/lib/format";
import type { HealthVersion, HealthVersions } from "~/lib/health_types";
import { lang } from "~/lib/i18n/translate";
import { link } from "~/lib/router";
import { read_versions } from "../api/health";
import { h } from "../state/words";
import { asset_title } from "./health_page";
import { ModelCard } from "./model_card";
import { PastReplay } from "./past_replay";
import { VersionActions } from "./version_actions";

function Version({ all, of, changed }: { all: HealthVersions; of: HealthVersion; changed: (all: HealthVersions, said: string) => void }) {
  return (
    <li class="panel health-machine" data-version={of.version} data-stage={of.stage}>
      <div class="health-head">
        <h2>{h("version", { version: of.version })}</h2>
        <span class="chip">{h(of.stage)}</span>
        <span class="quiet">{h("since", { time: moment_text(of.at_ms, now_ms.value, lang.value), who: of.who })}</span>
      </div>
      {of.stage === "shadow" && <p>{h("would", { n: of.would_alarms })}</p>}
      {of.replay && <PastReplay of={of.replay} />}
      <VersionActions all={all} of={of} changed={changed} />
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
          <Version key={each.version} all={all} of={each} changed={changed} />
        ))}
      </ul>
    </div>
  );
}
