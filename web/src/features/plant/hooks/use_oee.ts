// The OEE of a machine over the screen's time range, asked for again once a minute while the range
// moves with now.
import { useEffect, useState } from "preact/hooks";
import type { Oee } from "~/lib/oee_types";
import { server_now } from "~/lib/clock";
import { as_api_error, type ApiError } from "~/lib/fetch";
import { range_bounds, range_key, type Range } from "~/lib/url_state";
import { get_oee } from "../api/oee";

const refresh_ms = 60_000;

export interface OeeState {
  oee: Oee | null;
  error: ApiError | null;
  reload: () => void;
}

export function useOee(asset: string, range: Range): OeeState {
  const [attempt, set_attempt] = useState(0);
  const [state, set_state] = useState<{ oee: Oee | null; error: ApiError | null }>({ oee: null, error: null });

  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    set_state((before) => ({ oee: before.oee?.asset === asset ? before.oee : null, error: null }));
    const load = async () => {
      const { from_ms, to_ms } = range_bounds(range, server_now());
      try {
        set_state({ oee: await get_oee(asset, from_ms, to_ms, controller.signal), error: null });
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
  }, [asset, range_key(range), attempt]);

  return { ...state, reload: () => set_attempt(attempt + 1) };
}
