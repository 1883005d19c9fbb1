// /api/plant/events: what people and other systems noted of a machine.
import { get_json, request } from "~/lib/fetch";
import { href } from "~/lib/url_state";

export interface PlantEvent {
  id: string;
  asset: string;
  line: string;
  kind: string; // in the teller's own words; may be empty
  text: string;
  start_ms: number;
  end_ms: number | null; // null: it goes on
  open: boolean;
  told_by: string;
  told_ms: number;
}

/** The latest 200 of a stretch of time; one without end goes on until now, by the server's clock. */
export async function read_noted(asset: string, from_ms: number, to_ms: number | null): Promise<PlantEvent[]> {
  const time = (ms: number | null) => (ms === null ? null : String(Math.round(ms)));
  return (await get_json<{ events: PlantEvent[] }>(href("/api/plant/events", { asset, from_ms: time(from_ms), to_ms: time(to_ms) }))).events;
}

/** What a person took over from the report that they wrote: its kind, and when it was. */
export interface NoteDetails {
  kind?: string;
  start?: string; // UTC
  end?: string;
}
export async function note(asset: string, text: string, details: NoteDetails = {}): Promise<void> {
  await request("/api/plant/events", { method: "POST", body: { asset, text, ...details } });
}
