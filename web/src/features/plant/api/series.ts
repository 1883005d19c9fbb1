// GET /api/plant/series: a stretch of one signal. A page asks for many at once; four at a time
// leave the browser's six connections room for the rest.
import type { Series } from "~/lib/api_types";
import { get_json } from "~/lib/fetch";
import { href } from "~/lib/url_state";

const most_at_once = 4;
let running = 0;
const waiting: (() => void)[] = [];

async function take_turn(signal: AbortSignal): Promise<void> {
  if (running >= most_at_once) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  signal.throwIfAborted();
}

function leave(): void {
  running -= 1;
  waiting.shift()?.();
}

export interface SeriesRequest {
  tag: string;
  from_ms: number;
  to_ms: number;
  points: number;
}

export async function get_series(request: SeriesRequest, signal: AbortSignal): Promise<Series> {
  const { tag, from_ms, to_ms, points } = request;
  try {
    await take_turn(signal);
    return await get_json<Series>(
      href("/api/plant/series", {
        tag,
        from_ms: String(Math.round(from_ms)),
        to_ms: String(Math.round(to_ms)),
        points: String(points),
      }),
      { signal },
    );
  } finally {
    leave();
  }
}
