// GET /api/plant/earlier: what is stored of a machine's signals from before their unit changed.
import { get_json } from "~/lib/fetch";
import { href } from "~/lib/url_state";

export interface EarlierHistory {
  tag: string; // that goes on from it
  id: string; // what series and CSV are asked of
  unit: string;
  from_ms: number | null; // of its first and last usable sample; null: there is none
  to_ms: number | null;
}

export async function get_earlier(asset: string, signal: AbortSignal): Promise<EarlierHistory[]> {
  return (await get_json<{ histories: EarlierHistory[] }>(href("/api/plant/earlier", { asset }), { signal })).histories;
}
