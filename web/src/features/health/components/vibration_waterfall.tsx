// The spectra of a point's last recordings, one above the other, and the same as a table.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ErrorNotice, Skeleton } from "~/components/notice";
import { now_ms } from "~/lib/clock";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { moment_text, number_text } from "~/lib/format";
import { useWidth } from "~/lib/hooks";
import { lang } from "~/lib/i18n/translate";
import { theme_changed, token } from "~/lib/theme";
import type { VibrationWaterfall } from "~/lib/vibration_types";
import { read_waterfall } from "../api/vibration";
import { v } from "../state/vibration_words";
import { HealthTable } from "./health_table";
import { highest } from "./vibration_report";

const row_height = 16;
const most_decades = 3;

/** 0 to 1 for each value: from the quietest twentieth of all rows (at most three decades down) to the loudest. */
export function shades(rows: readonly (readonly number[])[]): number[][] {
  const all = rows.flat().sort((a, b) => a - b);
  const loudest = Math.max(all.at(-1) ?? 0, Number.MIN_VALUE);
  const quiet = Math.max(all[Math.floor(all.length / 20)] ?? 0, loudest / 10 ** most_decades);
  const decades = Math.max(Math.log10(loudest / quiet), 1);
  return rows.map((row) => row.map((value) => (value > 0 ? Math.max(0, 1 + Math.log10(value / loudest) / decades) : 0)));
}

function Picture({ of, says }: { of: VibrationWaterfall; says: string }) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = Math.max(useWidth(box), 200);
  const height = of.rows.length * row_height;
  const redraw = theme_changed.value;
  useLayoutEffect(() => {
    const pen = canvas.current?.getContext("2d");
    if (!pen || !canvas.current) return;
    canvas.current.width = width * devicePixelRatio;
    canvas.current.height = height * devicePixelRatio;
    pen.scale(devicePixelRatio, devicePixelRatio);
    pen.fillStyle = token("--data");
    for (const [at, row] of shades(of.rows.map((each) => each.values)).entries()) {
      const step = width / row.length;
      for (const [k, shade] of row.entries()) {
        pen.globalAlpha = shade;
        pen.fillRect(k * step, at * row_height, step + 0.5, row_height - 1);
      }
    }
  }, [of, width, height, redraw]);
  const top = of.step_hz * (of.rows[0]?.values.length ?? 0);
  return (
    <>
      <div ref={box} class="vibration-box">
        <canvas ref={canvas} role="img" aria-label={says} style={{ width: `${width}px`, height: `${height}px` }} />
      </div>
      <p class="vibration-axis quiet" aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <span key={share}>{`${number_text(share * top, lang.value, 0)} Hz`}</span>
        ))}
      </p>
    </>
  );
}

function Numbers({ of }: { of: VibrationWaterfall }) {
  return (
    <details>
      <summary>{v("waterfall_table")}</summary>
      <HealthTable label={v("waterfall_table")} heads={[v("recorded"), v("speed"), v("rms"), v("loudest")]}>
        {of.rows.map(({ recording, values }) => (
          <tr key={recording.number}>
            <th scope="row">{moment_text(recording.recorded_ms, now_ms.value, lang.value)}</th>
            <td>{number_text(recording.rpm, lang.value, 0)}</td>
            <td>{number_text(Math.hypot(...values), lang.value, 2)}</td>
            <td>{number_text(highest({ step_hz: of.step_hz, values }, 0.5).hz, lang.value, 0)}</td>
          </tr>
        ))}
      </HealthTable>
    </details>
  );
}

export function Waterfall({ asset, point, count }: { asset: string; point: string; count: number }) {
  const [found, set_found] = useState<VibrationWaterfall | null>(null);
  const [error, set_error] = useState<ApiError | null>(null);
  useEffect(() => {
    let left = false;
    set_error(null);
    read_waterfall(asset, point).then(
      (read) => left || set_found(read),
      (thrown) => left || set_error(as_api_error(thrown)),
    );
    return () => {
      left = true;
    };
  }, [asset, point, count]);
  if (error) return <ErrorNotice error={error} />;
  if (!found) return <Skeleton shapes={2} height="row" />;
  const top = found.step_hz * (found.rows[0]?.values.length ?? 0);
  const says = v("waterfall_says", { n: found.rows.length, top: number_text(top, lang.value, 0) });
  return (
    <section class="panel health-list" data-waterfall={found.rows.length}>
      <h2>{v("waterfall", { point })}</h2>
      <p class="quiet">{says}</p>
      <Picture of={found} says={says} />
      <Numbers of={found} />
    </section>
  );
}
