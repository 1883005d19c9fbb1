// GET /api/plant/batches: which batches ran on a machine, when, and what they made.
import type { BatchList } from "~/lib/batch_types";
import { get_json } from "~/lib/fetch";
import { href } from "~/lib/url_state";

export function get_batches(asset: string, from_ms: number, to_ms: number, signal: AbortSignal): Promise<BatchList> {
  return get_json<BatchList>(href("/api/plant/batches", { asset, from_ms: String(Math.round(from_ms)), to_ms: String(Math.round(to_ms)) }), { signal });
}
