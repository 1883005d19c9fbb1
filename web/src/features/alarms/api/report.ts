// POST /api/maintenance/reports/read: a report in free words as structure. Each part of it is a quote.
import type { Text } from "~/lib/api_types";
import { get_json } from "~/lib/fetch";

export interface Quote {
  begin: number;
  end: number;
  text: string;
}
export type ReportRole = "noticed" | "cause" | "done" | "result" | "other";

export interface ReadReport {
  language: "en" | "zh";
  clauses: { role: ReportRole; by_model: boolean; quote: Quote }[];
  assets: { id: string; quote: Quote }[];
  modes: { asset: string; id: string; name: Text; by: "name" | "signals"; share: number; quote: Quote }[];
  times: { from_ms: number; to_ms: number; quote: Quote }[];
  parts: { number: string; quote: Quote }[];
  standstill: { hours: number; quote: Quote } | null;
  work: { hours: number; quote: Quote } | null;
}

export const read_report = (text: string) => get_json<ReadReport>("/api/maintenance/reports/read", { method: "POST", body: { text }, timeout_ms: 120_000 });
