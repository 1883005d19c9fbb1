// The URL is the state: which page, which asset, which stretch of time. Pure functions both ways.

export type Route =
  | { page: "ask" }
  | { page: "plant" }
  | { page: "asset"; asset: string }
  | { page: "alarms" }
  | { page: "models" }
  | { page: "system" }
  | { page: "tags" }
  | { page: "connections" }
  | { page: "people" }
  | { page: "audit" }
  | { page: "maintenance" }
  | { page: "account" }
  | { page: "not_found" };

const plain_pages = ["ask", "plant", "tags", "alarms", "maintenance", "connections", "models", "system", "people", "audit", "account"] as const;

export type Query = Record<string, string>;

export function parse_route(path: string): Route {
  const parts = path.split("/").filter((part) => part !== "");
  const [first, second] = parts;
  if (parts.length === 0) return { page: "ask" };
  const plain = plain_pages.find((page) => page === first);
  if (parts.length === 1 && plain) return { page: plain };
  if (parts.length === 2 && first === "plant" && second !== undefined) {
    const asset = decode(second);
    if (asset !== null && /^[a-z0-9_-]{1,64}$/.test(asset)) return { page: "asset", asset };
  }
  return { page: "not_found" };
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

export function parse_query(search: string): Query {
  return Object.fromEntries(new URLSearchParams(search));
}

/** A path with its query; empty values are left out, names are sorted, so that equal states are equal URLs. */
export function href(path: string, query: Record<string, string | null | undefined> = {}): string {
  const search = new URLSearchParams();
  for (const name of Object.keys(query).sort()) {
    const value = query[name];
    if (value !== null && value !== undefined && value !== "") search.set(name, value);
  }
  const text = search.toString().replaceAll("%3A", ":").replaceAll("%2F", "/");
  return text === "" ? path : `${path}?${text}`;
}

/** A stretch of time: up to now, or fixed. */
export type Range = { kind: "last"; minutes: number } | { kind: "fixed"; from_ms: number; to_ms: number };

export const range_presets = [10, 60, 8 * 60, 24 * 60] as const; // minutes
export const default_range: Range = { kind: "last", minutes: 60 };
const longest_minutes = 31 * 24 * 60;

/** Of `?range=10m|8h|2d` or `?from=..&to=..` (ISO 8601); what is not understood is the default. */
export function parse_range(query: Query): Range {
  if (query.from !== undefined && query.to !== undefined) {
    const from_ms = Date.parse(query.from);
    const to_ms = Date.parse(query.to);
    if (Number.isFinite(from_ms) && Number.isFinite(to_ms) && from_ms < to_ms) return { kind: "fixed", from_ms, to_ms };
  }
  const match = /^(\d{1,5})([mhd])$/.exec(query.range ?? "");
  if (match) {
    const minutes = Number(match[1]) * { m: 1, h: 60, d: 24 * 60 }[match[2] as "m" | "h" | "d"];
    if (minutes >= 1 && minutes <= longest_minutes) return { kind: "last", minutes };
  }
  return default_range;
}

/** What parse_range() reads; the default is left out of the URL. */
export function range_query(range: Range): { range: string | null; from: string | null; to: string | null } {
  if (range.kind === "fixed") {
    const iso = (ms: number) => new Date(ms).toISOString().replace(".000Z", "Z");
    return { range: null, from: iso(range.from_ms), to: iso(range.to_ms) };
  }
  const same = default_range.kind === "last" && range.minutes === default_range.minutes;
  return { range: same ? null : minutes_text(range.minutes), from: null, to: null };
}

export function minutes_text(minutes: number): string {
  if (minutes % (24 * 60) === 0 && minutes > 24 * 60) return `${minutes / (24 * 60)}d`;
  if (minutes % 60 === 0) return `${minutes / 60}h`;
  return `${minutes}m`;
}

export function range_bounds(range: Range, now_ms: number): { from_ms: number; to_ms: number } {
  if (range.kind === "fixed") return { from_ms: range.from_ms, to_ms: range.to_ms };
  return { from_ms: now_ms - range.minutes * 60_000, to_ms: now_ms };
}

/** A key that is equal for equal ranges. */
export function range_key(range: Range): string {
  return range.kind === "fixed" ? `${range.from_ms}-${range.to_ms}` : minutes_text(range.minutes);
}
