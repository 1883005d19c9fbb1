// The vibration of one machine: measuring points and recordings, one of them in full, the waterfall, and a form.
import { useEffect, useState } from "preact/hooks";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import { now_ms } from "~/lib/clock";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { moment_text, number_text } from "~/lib/format";
import { lang, say } from "~/lib/i18n/translate";
import { find_asset } from "~/lib/live/plant_store";
import { link, query, set_query } from "~/lib/router";
import type { VibrationList, VibrationRecording } from "~/lib/vibration_types";
import { read_vibration } from "../api/vibration";
import { v } from "../state/vibration_words";
import { HealthTable } from "./health_table";
import { VibrationForm } from "./vibration_form";
import { Report } from "./vibration_report";
import { Waterfall } from "./vibration_waterfall";
import "~/components/field.css";
import "~/components/panel.css";
import "./health.css";
import "./vibration.css";

function verdict({ found }: VibrationRecording): string {
  if (found.named_title) return v("damaged", { part: say(found.named_title) });
  return found.diagnosed ? v("no_part") : v("not_diagnosed");
}

function Recordings({ list, shown }: { list: VibrationRecording[]; shown: number }) {
  return (
    <HealthTable label={v("recordings")} heads={[v("recorded"), v("speed"), v("velocity"), v("zone"), v("verdict")]}>
      {list.map((each) => (
        <tr key={each.number} data-vibration={each.number} class={each.found.named ? "vibration-damaged" : ""}>
          <th scope="row">
            <a href={link("/maintenance", { vibration: each.asset, point: each.point, recording: String(each.number) })} {...(each.number === shown ? { "aria-current": "true" as const } : {})}>
              {moment_text(each.recorded_ms, now_ms.value, lang.value)}
            </a>
          </th>
          <td>{number_text(each.rpm, lang.value, 0)}</td>
          <td>{number_text(each.found.velocity_rms_mm_s, lang.value, 2)}</td>
          <td>{each.found.zone ?? ""}</td>
          <td>{verdict(each)}</td>
        </tr>
      ))}
    </HealthTable>
  );
}

export function VibrationView({ asset }: { asset: string }) {
  const [list, set_list] = useState<VibrationList | null>(null);
  const [error, set_error] = useState<ApiError | null>(null);
  const [said, set_said] = useState("");
  const load = () =>
    read_vibration(asset).then(
      (found) => {
        set_list(found);
        set_error(null);
      },
      (thrown) => set_error(as_api_error(thrown)),
    );
  useEffect(() => void load(), [asset]);
  const points = list?.points ?? [];
  const point = points.find((each) => each.point === query.value.point)?.point ?? list?.recordings[0]?.point ?? "";
  const mine = (list?.recordings ?? []).filter((each) => each.point === point);
  const chosen = Number(query.value.recording ?? 0);
  const shown = mine.find((each) => each.number === chosen) ?? mine[0];
  return (
    <div class="health-page" data-vibration-page={asset}>
      <PageHead title={v("title", { asset: say(find_asset(asset)?.name) || asset })} summary={v("summary")}>
        <a class="button button-plain" href={link("/maintenance", { vibration: null, point: null, recording: null })}>
          {v("back")}
        </a>
      </PageHead>
      {error && <ErrorNotice error={error} retry={() => void load()} />}
      {!list && !error && <Skeleton shapes={4} height="row" />}
      <p role="status">{said}</p>
      {list && points.length === 0 && <Notice icon="question" title={v("none")} hint={list.may_add ? v("none_hint") : ""} />}
      {shown && (
        <section class="panel health-list">
          <h2>{v("recordings")}</h2>
          <label class="vibration-point">
            <span>{v("point")}</span>
            <select class="select" value={point} onChange={(event) => set_query({ point: event.currentTarget.value, recording: null })}>
              {points.map((each) => (
                <option key={each.point} value={each.point}>
                  {`${each.point} (${each.count})`}
                </option>
              ))}
            </select>
          </label>
          <Recordings list={mine} shown={shown.number} />
        </section>
      )}
      {shown && (
        <Report
          asset={asset}
          number={shown.number}
          may_remove={list?.may_remove ?? false}
          gone={() => {
            set_said(v("removed"));
            set_query({ recording: null });
            void load();
          }}
        />
      )}
      {shown && <Waterfall asset={asset} point={point} count={mine.length} />}
      {list?.may_add && (
        <VibrationForm
          asset={asset}
          last={shown}
          described={list.described}
          done={({ number, point: at }, words) => {
            set_said(words);
            void load().then(() => set_query({ recording: String(number), point: at }));
          }}
        />
      )}
    </div>
  );
}
