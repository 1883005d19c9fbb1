// Something that comes from the server: not yet, there, or failed; data stays while it is renewed.
import { signal, type Signal } from "@preact/signals";
import { as_api_error, type ApiError } from "./fetch";

export interface Loadable<T> {
  data: T | null;
  error: ApiError | null; // of the last attempt; may stand beside older data
  loading: boolean;
  loaded_at_ms: number; // 0: never
}

export function empty_loadable<T>(): Loadable<T> {
  return { data: null, error: null, loading: false, loaded_at_ms: 0 };
}

export interface Resource<T> {
  state: Signal<Loadable<T>>;
  /** Fetches again; attempts never overlap. */
  load(): Promise<void>;
  /** Replaces the data with what came by another way. */
  set(data: T): void;
}

export function resource<T>(fetch_it: () => Promise<T>): Resource<T> {
  const state = signal<Loadable<T>>(empty_loadable<T>());
  let running: Promise<void> | null = null;
  let newer = 0; // counts what came by another way: a fetch that began before it is old
  const put = (data: T) => {
    state.value = { data, error: null, loading: false, loaded_at_ms: Date.now() };
  };
  const set = (data: T) => {
    newer += 1;
    put(data);
  };
  const attempt = async () => {
    const begun = newer;
    state.value = { ...state.peek(), loading: true };
    try {
      const fetched = await fetch_it();
      if (newer === begun) put(fetched);
      else state.value = { ...state.peek(), loading: false };
    } catch (thrown) {
      state.value = { ...state.peek(), error: as_api_error(thrown), loading: false };
    }
  };
  const load = () => {
    running ??= attempt().finally(() => {
      running = null;
    });
    return running;
  };
  return { state, load, set };
}
