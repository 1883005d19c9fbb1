// What the charts need to know about a series; pure.
import type { SeriesPoint } from "./api_types";

/** Usual distance between two points; 0 with fewer than two. */
export function typical_step_ms(points: readonly SeriesPoint[]): number {
  const steps: number[] = [];
  for (let i = 1; i < points.length; i += 1) steps.push((points[i]?.[0] ?? 0) - (points[i - 1]?.[0] ?? 0));
  steps.sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 0;
}

/** Stretches of [from, to] without usable data: null points, silence at either end. `to_ms` not after now. */
export function gap_spans(points: readonly SeriesPoint[], from_ms: number, to_ms: number): [number, number][] {
  const patience_ms = Math.max(typical_step_ms(points) * 2.5, 5_000);
  const gaps: [number, number][] = [];
  let known_until = from_ms; // data reach up to here
  let open = false; // a null came since
  for (const [at, value] of points) {
    if (value === null) {
      if (!open) known_until = Math.max(known_until, Math.min(known_until + patience_ms, at));
      open = true;
      continue;
    }
    if (open || at - known_until > patience_ms) gaps.push([known_until, at]);
    known_until = at;
    open = false;
  }
  if (open || to_ms - known_until > patience_ms) gaps.push([known_until, to_ms]);
  return gaps.filter(([start, end]) => end > start).map(([start, end]) => [Math.max(start, from_ms), Math.min(end, to_ms)]);
}

export interface Summary {
  low: number;
  high: number;
  last: number;
  last_ms: number;
}

/** Lowest, highest and last of what is there; null when nothing is. */
export function summary(points: readonly SeriesPoint[]): Summary | null {
  let found: Summary | null = null;
  for (const [at, mean, min, max] of points) {
    if (mean === null) continue;
    const low = min ?? mean;
    const high = max ?? mean;
    found = found
      ? { low: Math.min(found.low, low), high: Math.max(found.high, high), last: mean, last_ms: at }
      : { low, high, last: mean, last_ms: at };
  }
  return found;
}

/**
 * The y range to draw: the data with some air, and a limit of the normal range only where the data come near it, so
 * that a calm signal is not pressed flat.
 */
export function y_range(low: number, high: number, limits: readonly (number | null)[]): [number, number] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const span = Math.max(high - low, size * 0.02, 1e-6);
  let bottom = (low + high) / 2 - span / 2;
  let top = bottom + span;
  for (const limit of limits) {
    if (limit === null) continue;
    if (limit > top && limit - top < span * 0.6) top = limit;
    if (limit < bottom && bottom - limit < span * 0.6) bottom = limit;
  }
  const air = (top - bottom) * 0.08;
  const floor = low >= 0 && bottom - air < 0 ? 0 : bottom - air; // what cannot be negative shows no negative axis
  return [floor, top + air];
}

/** Adds a live sample at the end and drops what lies before `from_ms`; keeps one point for the line to enter by. */
export function append_sample(points: readonly SeriesPoint[], sample: SeriesPoint, from_ms: number): SeriesPoint[] {
  const last = points[points.length - 1];
  if (last && sample[0] <= last[0]) return points as SeriesPoint[];
  let start = 0;
  while (start + 1 < points.length && (points[start + 1]?.[0] ?? 0) < from_ms) start += 1;
  return [...points.slice(start), sample];
}
