// The kinds of events that were noted of machines, as their tellers wrote them: what a life may end or begin with.
import { get_json } from "~/lib/fetch";
import { href } from "~/lib/url_state";

const longest_ms = 400 * 86_400_000; // as the server tells events
const most_machines = 8; // further ones of the same kind of machine have the same kinds of events

export interface NotedKind {
  kind: string;
  count: number;
}

/** One list for all machines, most frequent first, then by the alphabet. */
export function merged_kinds(lists: NotedKind[][]): string[] {
  const counts = new Map<string, number>();
  for (const { kind, count } of lists.flat()) counts.set(kind, (counts.get(kind) ?? 0) + count);
  return [...counts].sort(([a, n], [b, m]) => m - n || a.localeCompare(b)).map(([kind]) => kind);
}

export async function read_noted_kinds(assets: string[], to_ms: number): Promise<string[]> {
  const time = { from_ms: String(Math.round(to_ms - longest_ms)), to_ms: String(Math.round(to_ms)) };
  const lists = await Promise.all(assets.slice(0, most_machines).map((asset) => get_json<{ kinds: NotedKind[] }>(href("/api/plant/events", { asset, ...time }))));
  return merged_kinds(lists.map((each) => each.kinds));
}
