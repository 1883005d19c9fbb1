// Remaining life as it was told over a life: the band that holds the truth, the likeliest, and where nothing was claimed.
import { number_text, percent_text } from "~/lib/format";
import { lang } from "~/lib/i18n/translate";
import type { LifePoint, MachineLife } from "~/lib/life_types";
import { life_moment } from "../state/life_answer";
import { w } from "../state/life_words";
import { HealthTable } from "./health_table";

const width = 640;
const height = 220;
const left = 44;
const bottom = 24;

const number = (value: number) => number_text(value, lang.value, value > 0 && value < 10 ? 1 : 0);

/** What was said at one time, in words. */
function said(point: LifePoint): string {
  if (point.kind === "unseen_regime") return w("no_claim");
  return point.kind === "too_early" ? w("at_least", { low: number(point.low) }) : w("chart_range", { low: number(point.low), high: number(point.high) });
}

/** Stretches of neighbours that one line may join. */
function stretches(course: LifePoint[], claims: (point: LifePoint) => boolean): LifePoint[][] {
  const out: LifePoint[][] = [];
  let joined = false;
  for (const point of course) {
    if (claims(point)) {
      if (joined) out.at(-1)?.push(point);
      else out.push([point]);
    }
    joined = claims(point);
  }
  return out;
}

export function FanChart({ of }: { of: MachineLife }) {
  const { course, model } = of;
  const first = course[0];
  const last = course.at(-1);
  if (!first || !last) return null;
  const end_ms = Math.max(last.at_ms, of.latest_ms ?? 0, of.earliest_ms ?? 0);
  const span_ms = Math.max(1, end_ms - of.began_ms);
  const x = (ms: number) => left + ((ms - of.began_ms) / span_ms) * (width - left - 8);
  const y = (value: number) => 8 + (1 - value / model.cap) * (height - bottom - 8);
  const at = (point: LifePoint, value: number) => `${x(point.at_ms).toFixed(1)},${y(value).toFixed(1)}`;
  const top = (point: LifePoint) => (point.kind === "too_early" ? model.cap : point.high);
  const bands = stretches(course, (point) => point.kind !== "unseen_regime");
  const lines = stretches(course, (point) => point.kind === "range");
  const level = percent_text(of.answer?.level ?? 0.9, lang.value);
  const words = w("chart_text", { from: life_moment(first.at_ms), first: said(first), to: life_moment(last.at_ms), last: said(last), level, cap: number(model.cap) });
  const ticks = [0, model.cap / 2, model.cap];
  return (
    <figure class="health-chart" data-fan={course.length}>
      <figcaption>{w("chart")}</figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={words} class="life-fan">
        {ticks.map((value) => (
          <g key={value}>
            <line x1={left} x2={width - 8} y1={y(value)} y2={y(value)} class="life-grid" />
            <text x={left - 6} y={y(value) + 4} text-anchor="end">
              {number(value)}
            </text>
          </g>
        ))}
        {bands.map((each) => (
          <polygon key={each[0]?.at_ms} class="life-band" points={[...each.map((point) => at(point, top(point))), ...[...each].reverse().map((point) => at(point, point.low))].join(" ")} />
        ))}
        {lines.map((each) => (
          <polyline key={each[0]?.at_ms} class="life-line" points={each.map((point) => at(point, point.point)).join(" ")} />
        ))}
        {of.latest_ms !== null && of.earliest_ms !== null && last.kind === "range" && <polygon class="life-ahead" points={`${at(last, last.low)} ${at(last, last.high)} ${x(of.latest_ms).toFixed(1)},${y(0).toFixed(1)} ${x(of.earliest_ms).toFixed(1)},${y(0).toFixed(1)}`} />}
        <line x1={x(last.at_ms)} x2={x(last.at_ms)} y1={8} y2={height - bottom} class="life-now" />
        <text x={left} y={height - 6}>
          {life_moment(of.began_ms)}
        </text>
        <text x={width - 8} y={height - 6} text-anchor="end">
          {life_moment(end_ms)}
        </text>
      </svg>
      <p class="quiet">{`${w("axis", { time: model.time })}. ${words}`}</p>
      <details>
        <summary>{w("as_table")}</summary>
        <HealthTable label={w("chart")} heads={[w("when"), w("age", { time: model.time }), w("said", { time: model.time })]}>
          {course.map((point) => (
            <tr key={point.at_ms}>
              <td>{life_moment(point.at_ms)}</td>
              <td>{number(point.age)}</td>
              <td>{said(point)}</td>
            </tr>
          ))}
        </HealthTable>
      </details>
    </figure>
  );
}
