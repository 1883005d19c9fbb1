// GET /api/oee: what a machine's OEE amounts to over a stretch of time, with what it stands on.
import type { Oee } from "~/lib/oee_types";
import { get_json } from "~/lib/fetch";
import { href } from "~/lib/url_state";

export function get_oee(asset: string, from_ms: number, to_ms: number, signal: AbortSignal): Promise<Oee> {
  return get_json<Oee>(href("/api/oee", { asset, from_ms: String(Math.round(from_ms)), to_ms: String(Math.round(to_ms)) }), { signal });
}
