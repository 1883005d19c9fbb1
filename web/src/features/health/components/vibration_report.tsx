// One recording: what it says in words, then its waveform, spectrum, and envelope with the bearing's lines.
import { useEffect, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { FormProblem } from "~/components/form_parts";
import { ErrorNotice, Skeleton } from "~/components/notice";
import { now_ms } from "~/lib/clock";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { moment_text, number_text } from "~/lib/format";
import { useOrder } from "~/lib/hooks";
import { lang, say } from "~/lib/i18n/translate";
import type { VibrationLine, VibrationRecording, VibrationReport, VibrationSpectrum } from "~/lib/vibration_types";
import { read_report, remove_recording } from "../api/vibration";
import { v } from "../state/vibration_words";
import { HealthTable } from "./health_table";
import { type Mark, VibrationChart } from "./vibration_chart";

const digits = (value: number, decimals?: number) => number_text(value, lang.value, decimals);

/** `middle` 0.5: values are of the steps between lines, not of lines. */
export function highest(spectrum: VibrationSpectrum, middle = 0): { hz: number; value: number } {
  const at = spectrum.values.reduce((best, value, k) => (value > (spectrum.values[best] ?? 0) ? k : best), 0);
  return { hz: (at + middle) * spectrum.step_hz, value: spectrum.values[at] ?? 0 };
}

const up = (values: readonly number[]) => values.map((value) => [0, value] as const);

function marks_of(lines: readonly VibrationLine[]): Mark[] {
  // Sidebands stand in the table: in the chart they would hide what they stand beside.
  return lines.filter((each) => !/ [+-] /.test(each.label.en)).map((each) => ({ at: each.hz, label: say(each.label), kind: each.part }));
}

/** Where the bearing and the speed were said. */
function Sources({ of }: { of: VibrationRecording }) {
  const bearing = of.bearing_from === "plant" ? v("of_plant", { name: of.bearing_name || v("unnamed") }) : of.bearing_from ? v("of_recording") : "";
  const speed = of.rpm_tag ? v("of_tag", { tag: of.rpm_tag }) : "";
  return bearing || speed ? <p class="quiet" data-sources>{`${bearing} ${speed}`.trim()}</p> : null;
}

function LineTable({ lines }: { lines: VibrationLine[] }) {
  return (
    <details>
      <summary>{v("all_lines")}</summary>
      <HealthTable label={v("lines")} heads={[v("line"), v("part"), v("expected"), v("found"), v("stands_out")]}>
        {lines.map((each) => (
          <tr key={`${each.part} ${each.label.en}`}>
            <th scope="row">{say(each.label)}</th>
            <td>{v(each.part)}</td>
            <td>{digits(each.hz, 1)}</td>
            <td>{each.found_hz === null ? "" : digits(each.found_hz, 1)}</td>
            <td>{each.prominence === null ? "" : digits(each.prominence, 1)}</td>
          </tr>
        ))}
      </HealthTable>
    </details>
  );
}

function Charts({ of }: { of: VibrationReport }) {
  const { waveform, spectrum, envelope } = of;
  const seconds = waveform.step_s * waveform.points.length;
  const top = spectrum.step_hz * spectrum.values.length;
  const peak = highest(spectrum);
  const shaft = envelope.lines.filter((each) => each.part === "shaft");
  const low = Math.min(...waveform.points.map((each) => each[0]));
  const high = Math.max(...waveform.points.map((each) => each[1]));
  const [band_low, band_high] = envelope.band_hz;
  return (
    <>
      <VibrationChart
        title={v("envelope")}
        says={v("envelope_says", { low: digits(band_low, 0), high: digits(band_high, 0), white: envelope.whitened ? v("whitened") : "", hz: digits(highest(envelope).hz, 1) })}
        from={0}
        to={envelope.step_hz * envelope.values.length}
        step={envelope.step_hz}
        steps={up(envelope.values)}
        x_unit="Hz"
        y_unit=""
        marks={marks_of(envelope.lines)}
      >
        {envelope.lines.length > 0 ? <LineTable lines={envelope.lines} /> : <p class="quiet">{v("no_lines")}</p>}
      </VibrationChart>
      <VibrationChart
        title={v("spectrum")}
        says={v("spectrum_says", { top: digits(top, 0), value: digits(peak.value, 2), hz: digits(peak.hz, 1) })}
        from={0}
        to={top}
        step={spectrum.step_hz}
        steps={up(spectrum.values)}
        x_unit="Hz"
        y_unit="m/s²"
        marks={marks_of(shaft.slice(0, 1))}
      />
      <VibrationChart title={v("wave")} says={v("wave_says", { seconds: digits(seconds, 2), low: digits(low, 1), high: digits(high, 1) })} from={0} to={seconds} step={waveform.step_s} steps={waveform.points} x_unit="s" y_unit="m/s²" />
    </>
  );
}

function Removal({ of, gone }: { of: VibrationReport; gone: () => void }) {
  const [asked, set_asked] = useState(false);
  const { busy, problem, run } = useOrder();
  const remove = () =>
    run(async () => {
      await remove_recording(of.recording.asset, of.recording.number);
      gone();
    });
  if (!asked) return <p><Button onClick={() => set_asked(true)}>{v("remove")}</Button></p>;
  return (
    <div class="health-list">
      <p>{v("remove_what")}</p>
      <div class="form-actions">
        <Button disabled={busy} onClick={() => void remove()}>
          {v("remove_yes")}
        </Button>
        <Button onClick={() => set_asked(false)}>{v("remove_no")}</Button>
      </div>
      <FormProblem problem={problem} />
    </div>
  );
}

export function Report({ asset, number, may_remove, gone }: { asset: string; number: number; may_remove: boolean; gone: () => void }) {
  const [report, set_report] = useState<VibrationReport | null>(null);
  const [error, set_error] = useState<ApiError | null>(null);
  useEffect(() => {
    let left = false;
    set_report(null);
    set_error(null);
    read_report(asset, number).then(
      (found) => left || set_report(found),
      (thrown) => left || set_error(as_api_error(thrown)),
    );
    return () => {
      left = true;
    };
  }, [asset, number]);
  if (error) return <ErrorNotice error={error} />;
  if (!report) return <Skeleton shapes={4} height="row" />;
  const { recording, findings } = report;
  const facts = { rate: digits(recording.rate_hz, 0), seconds: digits(recording.samples / recording.rate_hz, 2), file: recording.source, channel: recording.channel, who: recording.by };
  return (
    <section class="panel health-list" data-vibration-report={number}>
      <h2>{v("report", { point: recording.point, time: moment_text(recording.recorded_ms, now_ms.value, lang.value) })}</h2>
      <ul class="vibration-findings">
        {findings.map((each) => (
          <li key={each.en}>{say(each)}</li>
        ))}
      </ul>
      <Charts of={report} />
      <p class="quiet">{v("about", facts)}</p>
      <Sources of={recording} />
      {recording.cut > 0 && <p class="quiet">{v("cut", { n: recording.cut })}</p>}
      {may_remove && <Removal of={report} gone={gone} />}
    </section>
  );
}
