// What was done, page by page, and whether the log still holds.
import type { AuditCheck, AuditRecord, AuditRecords } from "~/lib/admin_types";
import { get_json } from "~/lib/fetch";
import { href } from "~/lib/url_state";

export interface AuditFilter {
  who: string;
  action: string; // its beginning
  object: string;
  outcome: string;
  from_ms: number | null;
}

const page_size = 100;
/** Calls that one step back may take: the server reads a bounded part of the log with each. */
const most_calls = 20;
const export_page = 1000;
export const most_exported = 50_000;

function read_page(filter: AuditFilter, before: number | null, limit: number, signal?: AbortSignal): Promise<AuditRecords> {
  const { from_ms, ...texts } = filter;
  const query = { ...texts, from_ms: from_ms === null ? null : String(from_ms), before: before === null ? null : String(before), limit: String(limit) };
  return get_json<AuditRecords>(href("/api/audit/records", query), signal ? { signal } : {});
}

/** Goes on until something fits or the log ends; `before` says where to go on otherwise. */
export async function read_records(filter: AuditFilter, before: number | null): Promise<AuditRecords> {
  let page = await read_page(filter, before, page_size);
  for (let call = 1; call < most_calls && page.records.length === 0 && page.before !== null; call += 1) {
    page = await read_page(filter, page.before, page_size);
  }
  return page;
}

/** A line of JSON, with the names and the time of `millwright audit show --json`. */
function line_of({ seq, ts_ms, who, address, action, object, outcome, detail }: AuditRecord): string {
  return JSON.stringify({ seq, time: new Date(ts_ms).toISOString(), who, address, action, object, outcome, detail });
}

/** What fits, as lines of JSON, newest first. */
export async function export_records(filter: AuditFilter, signal: AbortSignal, progress: (records: number) => void): Promise<{ lines: string[]; complete: boolean }> {
  const lines: string[] = [];
  let before: number | null = null;
  do {
    const page: AuditRecords = await read_page(filter, before, export_page, signal);
    lines.push(...page.records.map(line_of));
    progress(lines.length);
    before = page.before;
  } while (before !== null && lines.length < most_exported);
  return { lines, complete: before === null };
}

export const tell_check = () => get_json<AuditCheck>("/api/audit/check");

export function start_check(root: string): Promise<AuditCheck> {
  return get_json<AuditCheck>("/api/audit/check", { method: "POST", body: root === "" ? {} : { root } });
}
