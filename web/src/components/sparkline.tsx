// A trend the size of a word: shape only, the numbers stand beside it.
import type { SeriesPoint } from "~/lib/api_types";
import { summary } from "~/lib/series_math";
import "./sparkline.css";

const width = 120;
const height = 28;

export function spark_path(points: readonly SeriesPoint[], from_ms: number, to_ms: number): string {
  const all = summary(points);
  if (!all || to_ms <= from_ms) return "";
  const span = Math.max(all.high - all.low, Math.abs(all.high) * 0.02, 1e-9);
  const middle = (all.high + all.low) / 2;
  let path = "";
  let pen_down = false;
  for (const [at, mean] of points) {
    if (mean === null) {
      pen_down = false;
      continue;
    }
    const x = Math.min(Math.max(((at - from_ms) / (to_ms - from_ms)) * width, 0), width);
    const y = height / 2 - ((mean - middle) / span) * (height - 6);
    path += `${pen_down ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen_down = true;
  }
  return path;
}

export function Sparkline({ points, from_ms, to_ms }: { points: readonly SeriesPoint[]; from_ms: number; to_ms: number }) {
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <path d={spark_path(points, from_ms, to_ms)} />
    </svg>
  );
}
