// Options of one uPlot chart: a mean line over its min-max band, gaps hatched, limits and now marked.
import uPlot from "uplot";
import type { SeriesPoint } from "~/lib/api_types";
import { clock_text, day_text, minute_text, number_text, unit_text, type Lang } from "~/lib/format";
import { gap_spans, summary, y_range } from "~/lib/series_math";
import { token } from "~/lib/theme";
import { marks } from "./marks";

export interface TrendView {
  points: readonly SeriesPoint[];
  from_ms: number;
  to_ms: number;
  now_ms: number;
  unit: string;
  decimals: number | undefined;
  low: number | null;
  high: number | null;
  window: { start_ms: number; end_ms: number } | null; // what the answer speaks of
  mark?: string; // the tag that this is, where the page marks its trends
}

export interface Pointed {
  at_ms: number;
  mean: number;
  min: number;
  max: number;
}

export interface PlotHandlers {
  lang: Lang;
  sync: string | null;
  view: () => TrendView;
  on_point: (pointed: Pointed | null) => void;
  on_zoom: ((from_ms: number, to_ms: number) => void) | null;
}

export function plot_data(points: readonly SeriesPoint[]): uPlot.AlignedData {
  return [
    points.map((point) => point[0]),
    points.map((point) => point[1]),
    points.map((point) => point[2]),
    points.map((point) => point[3]),
  ] as uPlot.AlignedData;
}

function time_labels(lang: Lang) {
  return (_: uPlot, splits: number[], __: number, ___: number, step: number): string[] =>
    splits.map((at) => {
      if (step < 60_000) return clock_text(at, lang);
      const midnight = new Date(at).getHours() === 0 && new Date(at).getMinutes() === 0;
      return step >= 86_400_000 || (midnight && step >= 3_600_000) ? day_text(at, lang) : minute_text(at, lang);
    });
}

function hatch(context: CanvasRenderingContext2D): CanvasPattern | string {
  const size = Math.round(7 * devicePixelRatio);
  const tile = document.createElement("canvas");
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext("2d");
  if (!pen) return token("--sunken");
  pen.strokeStyle = token("--hatch");
  pen.lineWidth = devicePixelRatio;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat") ?? token("--sunken");
}

/** Under the line: the window of the answer, what lies outside the normal range, stretches without data. */
function draw_under(plot: uPlot, view: TrendView): void {
  const { ctx, bbox } = plot;
  const x = (ms: number) => Math.min(Math.max(plot.valToPos(ms, "x", true), bbox.left), bbox.left + bbox.width);
  const y = (value: number) => Math.min(Math.max(plot.valToPos(value, "y", true), bbox.top), bbox.top + bbox.height);
  ctx.save();
  if (view.window && (view.window.start_ms > view.from_ms || view.window.end_ms < view.to_ms)) {
    ctx.fillStyle = token("--window");
    ctx.fillRect(x(view.window.start_ms), bbox.top, x(view.window.end_ms) - x(view.window.start_ms), bbox.height);
  }
  ctx.fillStyle = token("--out-of-range");
  if (view.high !== null) ctx.fillRect(bbox.left, bbox.top, bbox.width, y(view.high) - bbox.top);
  if (view.low !== null) ctx.fillRect(bbox.left, y(view.low), bbox.width, bbox.top + bbox.height - y(view.low));
  ctx.strokeStyle = token("--limit");
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  for (const limit of [view.low, view.high]) {
    if (limit === null) continue;
    const at = plot.valToPos(limit, "y", true);
    if (at < bbox.top || at > bbox.top + bbox.height) continue;
    ctx.beginPath();
    ctx.moveTo(bbox.left, at);
    ctx.lineTo(bbox.left + bbox.width, at);
    ctx.stroke();
  }
  ctx.fillStyle = hatch(ctx);
  const end_ms = Math.min(view.to_ms, view.now_ms);
  for (const [start, end] of gap_spans(view.points, view.from_ms, end_ms)) {
    ctx.fillRect(x(start), bbox.top, x(end) - x(start), bbox.height);
  }
  ctx.restore();
}

/** Over the line: the unit on its axis, and now. */
function draw_over(plot: uPlot, view: TrendView, font: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.font = font;
  ctx.fillStyle = token("--ink-2");
  ctx.textBaseline = "bottom";
  const unit = unit_text(view.unit);
  const right = bbox.left - 8 * devicePixelRatio;
  // A short unit stands over its numbers, a long one begins at the edge.
  const fits = ctx.measureText(unit).width <= right;
  ctx.textAlign = fits ? "right" : "left";
  ctx.fillText(unit, fits ? right : 2 * devicePixelRatio, bbox.top - 5 * devicePixelRatio);
  const now = plot.valToPos(view.now_ms, "x", true);
  if (now >= bbox.left && now <= bbox.left + bbox.width + 1) {
    const at = Math.min(Math.round(now), bbox.left + bbox.width - devicePixelRatio);
    ctx.fillStyle = token("--now");
    ctx.fillRect(at, bbox.top, Math.max(1, Math.round(devicePixelRatio)), bbox.height);
    ctx.beginPath();
    const half = 4 * devicePixelRatio;
    ctx.moveTo(at - half, bbox.top - half);
    ctx.lineTo(at + half, bbox.top - half);
    ctx.lineTo(at, bbox.top + half / 2);
    ctx.fill();
  }
  ctx.restore();
}

export function plot_options(width: number, height: number, handlers: PlotHandlers): uPlot.Options {
  const { lang, view } = handlers;
  const font_family = getComputedStyle(document.body).fontFamily;
  const font = `12px ${font_family}`;
  const axis = { stroke: token("--ink-2"), font, ticks: { show: false } };
  const grid = { stroke: token("--grid"), width: 1 };
  const line: uPlot.Series = { stroke: token("--data"), width: 1.75, points: { show: false }, spanGaps: false };
  const edge: uPlot.Series = { points: { show: false }, width: 0 };
  return {
    width,
    height,
    ms: 1,
    padding: [22, 18, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 7, width: 2, fill: token("--surface"), stroke: token("--data"), one: true },
      drag: { x: handlers.on_zoom !== null, y: false, setScale: false },
      ...(handlers.sync === null ? {} : { sync: { key: handlers.sync, setSeries: false } }),
    },
    scales: {
      x: { time: true, range: () => [view().from_ms, view().to_ms] },
      y: {
        range: () => {
          const now = view();
          const all = summary(now.points);
          return all ? y_range(all.low, all.high, [now.low, now.high]) : [0, 1];
        },
      },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 26, gap: 6, space: 62, values: time_labels(lang), border: { show: true, stroke: token("--line"), width: 1 } },
      {
        ...axis,
        grid,
        size: 52,
        gap: 8,
        space: 34,
        values: (_, splits, __, ___, step) => {
          const digits = Math.max(0, Math.min(3, -Math.floor(Math.log10(step) + 1e-9)));
          return summary(view().points) ? splits.map((value) => number_text(value, lang, digits)) : splits.map(() => "");
        },
      },
    ],
    series: [{}, line, edge, edge],
    bands: [{ series: [3, 2], fill: token("--data-soft") }],
    hooks: {
      drawClear: [(plot) => draw_under(plot, view())],
      draw: [
        (plot) => {
          const now = view();
          draw_over(plot, now, `${12 * devicePixelRatio}px ${font_family}`);
          if (now.mark) marks.value?.(plot, now.mark);
        },
      ],
      setCursor: [
        (plot) => {
          const point = plot.cursor.idx === null || plot.cursor.idx === undefined ? undefined : view().points[plot.cursor.idx];
          const inside = (plot.cursor.left ?? -1) >= 0;
          if (!inside || !point || point[1] === null) handlers.on_point(null);
          else handlers.on_point({ at_ms: point[0], mean: point[1], min: point[2] ?? point[1], max: point[3] ?? point[1] });
        },
      ],
      setSelect: [
        (plot) => {
          if (!handlers.on_zoom || plot.select.width < 6) return;
          const from_ms = Math.round(plot.posToVal(plot.select.left, "x"));
          const to_ms = Math.round(plot.posToVal(plot.select.left + plot.select.width, "x"));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          if (to_ms - from_ms >= 2_000) handlers.on_zoom(from_ms, to_ms);
        },
      ],
    },
  };
}
