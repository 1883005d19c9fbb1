// The samples around the alarm, kept with the case: one chart a signal, the loudest first.
import { useEffect, useState } from "preact/hooks";
import { Icon } from "~/components/icon";
import { ErrorNotice, Skeleton } from "~/components/notice";
import { Trend } from "~/components/trend/trend";
import { as_api_error, type ApiError } from "~/lib/fetch";
import type { CaseRecording, MaintenanceCase } from "~/lib/health_types";
import { read_recording, recording_file } from "../api/health";
import { h } from "../state/words";
import { tag_title } from "./share_bar";

export function Recording({ of }: { of: MaintenanceCase }) {
  const [kept, set_kept] = useState<CaseRecording | null>(null);
  const [error, set_error] = useState<ApiError | null>(null);
  useEffect(() => {
    if (of.recorded) read_recording(of.number).then(set_kept, (thrown) => set_error(as_api_error(thrown)));
  }, [of.number, of.recorded]);
  const share = (tag: string) => of.evidence.find((each) => each.tag === tag)?.share ?? -1;
  return (
    <section class="panel" data-recording={kept ? of.number : undefined}>
      <h2>{h("recording")}</h2>
      {!of.recorded && <p class="quiet">{h("recording_later")}</p>}
      {error && <ErrorNotice error={error} compact />}
      {of.recorded && !kept && !error && <Skeleton shapes={2} height="row" />}
      {kept && (
        <div class="health-list">
          <p class="quiet">{h("recording_rule")}</p>
          {kept.thinned.length > 0 && <p class="quiet">{h("recording_thinned", { tags: kept.thinned.map(tag_title).join(", ") })}</p>}
          {[...kept.tags]
            .sort((a, b) => share(b.tag) - share(a.tag))
            .map((each) => {
              const evidence = of.evidence.find((one) => one.tag === each.tag);
              return (
                <figure key={each.tag} class="health-chart">
                  <figcaption>{tag_title(each.tag)}</figcaption>
                  <Trend
                    name={tag_title(each.tag)}
                    height={140}
                    sync={`case-${of.number}`}
                    points={each.points}
                    from_ms={kept.from_ms}
                    to_ms={kept.to_ms}
                    now_ms={kept.to_ms}
                    unit={each.unit}
                    decimals={undefined}
                    low={evidence?.normal_low ?? null}
                    high={evidence?.normal_high ?? null}
                    window={{ start_ms: of.window.from_ms, end_ms: of.window.to_ms }}
                  />
                </figure>
              );
            })}
          <p>
            <a class="button button-plain" href={recording_file(of.number)} download={`case_${of.number}.csv`}>
              <Icon name="download" size={20} />
              <span>{h("recording_csv")}</span>
            </a>
          </p>
        </div>
      )}
    </section>
  );
}
