// What a history of a connection says in a line and in a strip; pure.
import type { SeriesPoint } from "~/lib/api_types";
import type { ConnectorHistory, ConnectorPoint } from "~/lib/connector_types";

export type Stretch = { state: ConnectorPoint["state"] | "unseen"; from_ms: number; to_ms: number };

/** Stretches of one state from end to end; "unseen" where the server did not run. */
export function stretches({ points, step_ms }: ConnectorHistory, from_ms: number, to_ms: number): Stretch[] {
  const out: Stretch[] = [];
  const add = (state: Stretch["state"], start_ms: number, end_ms: number) => {
    if (end_ms <= start_ms) return;
    const last = out.at(-1);
    if (last?.state === state) last.to_ms = end_ms;
    else out.push({ state, from_ms: start_ms, to_ms: end_ms });
  };
  let reached_ms = from_ms;
  for (const { t_ms, state } of points) {
    add("unseen", reached_ms, t_ms);
    reached_ms = Math.min(t_ms + step_ms, to_ms);
    add(state, Math.max(t_ms, from_ms), reached_ms);
  }
  add("unseen", reached_ms, to_ms);
  return out;
}

/** How long it was in each state but the good one. */
export function time_in(all: readonly Stretch[], state: Stretch["state"]): number {
  return all.reduce((sum, each) => sum + (each.state === state ? each.to_ms - each.from_ms : 0), 0);
}

/** One number of each point as a line that breaks where nobody looked; none where there is no number. */
export function line_of({ points, step_ms }: ConnectorHistory, pick: (point: ConnectorPoint) => number | null): SeriesPoint[] {
  const out: SeriesPoint[] = [];
  let expected_ms = 0;
  for (const point of points) {
    const value = pick(point);
    if (out.length > 0 && point.t_ms > expected_ms) out.push([expected_ms, null, null, null]);
    expected_ms = point.t_ms + step_ms;
    if (value !== null) out.push([point.t_ms, value, value, value]);
  }
  return out;
}
