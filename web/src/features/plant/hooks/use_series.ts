// A series of one signal over the screen's time range: fetched, then carried on by live samples,
// fetched again now and then so that buckets stay even.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Series, SeriesPoint } from "~/lib/api_types";
import { now_ms, server_now } from "~/lib/clock";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { latest_of } from "~/lib/live/plant_store";
import { append_sample } from "~/lib/series_math";
import { range_bounds, range_key, type Range } from "~/lib/url_state";
import { get_series } from "../api/series";

export interface SeriesState {
  series: Series | null;
  points: readonly SeriesPoint[];
  from_ms: number;
  to_ms: number;
  error: ApiError | null;
  loading: boolean;
  reload: () => void;
}

/** Seconds between fetches: a bucket's worth of many, at least 10 s. */
function refresh_ms(range: Range): number {
  return range.kind === "fixed" ? 0 : Math.min(Math.max((range.minutes * 60_000) / 60, 10_000), 120_000);
}

export function useSeries(tag: string, range: Range, count: number, follow = true): SeriesState {
  const [attempt, set_attempt] = useState(0);
  const [state, set_state] = useState<{ series: Series | null; error: ApiError | null; loading: boolean }>({
    series: null,
    error: null,
    loading: true,
  });
  const live = useRef<SeriesPoint[]>([]);
  const key = `${tag} ${range_key(range)} ${count}`;

  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    set_state((before) => ({ series: before.series?.tag === tag ? before.series : null, error: null, loading: true }));
    const load = async () => {
      const bounds = range_bounds(range, server_now());
      try {
        const series = await get_series({ tag, ...bounds, points: count }, controller.signal);
        live.current = series.points;
        set_state({ series, error: null, loading: false });
      } catch (thrown) {
        if (controller.signal.aborted) return;
        set_state((before) => ({ ...before, error: as_api_error(thrown), loading: false }));
      }
      const wait_ms = refresh_ms(range);
      if (wait_ms > 0 && !controller.signal.aborted) timer = setTimeout(() => void (document.hidden ? (timer = setTimeout(load, 5_000)) : load()), wait_ms);
    };
    void load();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [key, attempt]);

  // Live samples only where the window ends now; `now_ms` moves the window once a second.
  const following = follow && range.kind === "last";
  const bounds = range_bounds(range, following ? now_ms.value : now_ms.peek());
  const latest = following ? latest_of(tag).value : null;
  if (latest && latest.value !== null && latest.quality !== "bad" && state.series?.tag === tag) {
    live.current = append_sample(live.current, [latest.ts_ms, latest.value, latest.value, latest.value], bounds.from_ms);
  }
  return {
    series: state.series,
    points: state.series ? live.current : [],
    ...bounds,
    error: state.error,
    loading: state.loading,
    reload: () => set_attempt(attempt + 1),
  };
}
