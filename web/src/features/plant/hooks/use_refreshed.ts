// What the server says of the screen's time range, asked for again once a minute while the range
// moves with now.
import { useEffect, useState } from "preact/hooks";
import { server_now } from "~/lib/clock";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { range_bounds, range_key, type Range } from "~/lib/url_state";

const refresh_ms = 60_000;

export interface Refreshed<T> {
  data: T | null;
  error: ApiError | null;
  reload: () => void;
}

/** `key` says what is asked for: what was known of another is not shown. */
export function useRefreshed<T>(key: string, range: Range, ask: (from_ms: number, to_ms: number, signal: AbortSignal) => Promise<T>): Refreshed<T> {
  const [attempt, set_attempt] = useState(0);
  const [state, set_state] = useState<{ key: string; data: T | null; error: ApiError | null }>({ key, data: null, error: null });

  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    set_state((before) => ({ key, data: before.key === key ? before.data : null, error: null }));
    const load = async () => {
      const { from_ms, to_ms } = range_bounds(range, server_now());
      try {
        set_state({ key, data: await ask(from_ms, to_ms, controller.signal), error: null });
      } catch (thrown) {
        if (controller.signal.aborted) return;
        set_state((before) => ({ ...before, error: as_api_error(thrown) }));
      }
      if (range.kind === "last" && !controller.signal.aborted) timer = setTimeout(() => void load(), refresh_ms);
    };
    void load();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [key, range_key(range), attempt]);

  return { data: state.data, error: state.error, reload: () => set_attempt(attempt + 1) };
}
