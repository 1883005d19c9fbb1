// Vibration recordings of a machine.
import { get_json } from "~/lib/fetch";
import type { VibrationAdded, VibrationList, VibrationReport, VibrationWaterfall } from "~/lib/vibration_types";

const of = (asset: string) => `/api/maintenance/vibration/${encodeURIComponent(asset)}`;

export const read_vibration = (asset: string) => get_json<VibrationList>(of(asset));
export const read_report = (asset: string, number: number) => get_json<VibrationReport>(`${of(asset)}/recordings/${number}`, { timeout_ms: 120_000 });
export const read_waterfall = (asset: string, point: string) => get_json<VibrationWaterfall>(`${of(asset)}/waterfall?${new URLSearchParams({ point })}`, { timeout_ms: 120_000 });
export const remove_recording = (asset: string, number: number) => get_json<object>(`${of(asset)}/recordings/${number}`, { method: "DELETE" });
/** `about`: asset, point, file and what else the route takes; empty ones are left out. */
export const add_recording = (about: Record<string, string>, file: Blob) =>
  get_json<VibrationAdded>(`/api/maintenance/vibration?${new URLSearchParams(Object.fromEntries(Object.entries(about).filter(([, value]) => value !== "")))}`, { method: "POST", file, timeout_ms: 300_000 });
