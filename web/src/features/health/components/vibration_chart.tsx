// A curve over seconds or hertz as SVG, with lines that are expected in it. What it shows is said in words beside it.
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { number_text } from "~/lib/format";
import { useWidth } from "~/lib/hooks";
import { lang } from "~/lib/i18n/translate";

export interface Mark {
  at: number;
  label: string;
  kind: string; // of a part: gives the line its look
}

const height = 190;
const left = 52;
const bottom = 24;
const top = 30; // room for two rows of labels
const label_gap = 44; // pixels that a label needs

/** Round steps, at most `most` of them. */
export function ticks(low: number, high: number, most: number): number[] {
  const raw = (high - low) / Math.max(1, most);
  if (!(raw > 0) || !Number.isFinite(raw)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= raw) ?? raw;
  const out: number[] = [];
  for (let at = Math.ceil(low / step) * step; at <= high * (1 + 1e-9); at += step) out.push(Math.abs(at) < step / 1e6 ? 0 : at);
  return out;
}

/** Labels that fit: in two rows, none over another. */
export function placed(marks: readonly Mark[], x: (at: number) => number): { mark: Mark; row: number }[] {
  const ends = [-Infinity, -Infinity];
  return [...marks]
    .sort((a, b) => a.at - b.at)
    .map((mark) => {
      const row = ends.findIndex((end) => x(mark.at) - label_gap / 2 > end);
      if (row >= 0) ends[row] = x(mark.at) + label_gap / 2;
      return { mark, row };
    });
}

interface ChartProps {
  title: string;
  says: string;
  from: number;
  to: number;
  x_unit: string;
  y_unit: string; // empty: its values are compared with one another alone
  /** Lowest and highest at each step; a spectrum has 0 as its lowest. */
  steps: readonly (readonly [number, number])[];
  step: number;
  marks?: readonly Mark[];
  children?: ComponentChildren;
}

export function VibrationChart({ title, says, from, to, x_unit, y_unit, steps, step, marks = [], children }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = Math.max(useWidth(box), 200);
  const high = steps.reduce((most, each) => Math.max(most, each[1]), 0) || 1;
  const low = steps.reduce((least, each) => Math.min(least, each[0]), 0);
  const x = (at: number) => left + ((at - from) / (to - from)) * (width - left - 12);
  const y = (value: number) => top + ((high - value) / (high - low)) * (height - top - bottom);
  const place = (k: number) => x(Math.min(to, from + k * step)).toFixed(1);
  const upper = steps.map((each, k) => `${place(k)},${y(each[1]).toFixed(1)}`);
  const lower = low < 0 ? steps.map((each, k) => `${place(k)},${y(each[0]).toFixed(1)}`).reverse() : [];
  return (
    <figure class="vibration-figure">
      <figcaption>
        <b>{title}</b> <span class="quiet">{says}</span>
      </figcaption>
      <div ref={box} class="vibration-box">
        <svg width={width} height={height} role="img" aria-label={`${title}: ${says}`}>
          {ticks(low, high, 4).map((value) => (
            <g key={value}>
              <line class="vibration-grid" x1={left} x2={width - 12} y1={y(value)} y2={y(value)} />
              {y_unit !== "" && (
                <text x={left - 6} y={y(value) + 4} text-anchor="end">
                  {number_text(value, lang.value)}
                </text>
              )}
            </g>
          ))}
          {ticks(from, to, width / 90).filter((at) => x(at) < width - 12 - label_gap).map((at) => (
            <text key={at} x={x(at)} y={height - 6} text-anchor="middle">
              {number_text(at, lang.value)}
            </text>
          ))}
          <text x={0} y={12}>
            {y_unit}
          </text>
          <text x={width - 12} y={height - 6} text-anchor="end">
            {x_unit}
          </text>
          {placed(marks, x).map(({ mark, row }) => (
            <g key={`${mark.kind} ${mark.label}`} class={`vibration-mark vibration-${mark.kind}`}>
              <line x1={x(mark.at)} x2={x(mark.at)} y1={row === 0 ? 14 : top - 2} y2={height - bottom} />
              {row >= 0 && (
                <text x={x(mark.at)} y={row === 0 ? 12 : 25} text-anchor="middle">
                  {mark.label}
                </text>
              )}
            </g>
          ))}
          <polyline class={lower.length > 0 ? "vibration-wave" : "vibration-line"} points={[...upper, ...lower].join(" ")} />
        </svg>
      </div>
      {children}
    </figure>
  );
}
