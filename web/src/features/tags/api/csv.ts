// A CSV file of samples: what it would bring, and storing it.
import type { Text } from "~/lib/api_types";
import { get_json } from "~/lib/fetch";

export interface CsvOrder {
  text: string;
  map: Record<string, string>; // header -> tag
  ignore: string[];
  utc_offset: string;
  take_last_line: boolean; // although no line end says that it is whole
  store: boolean;
}

export interface CsvOutcome {
  a_value_a_row: boolean;
  columns: { column: number; tag: string; unit: string; tag_unit: string }[];
  unknown: string[];
  rows: number;
  readings: number;
  open_line: number | null; // the last one, where no line end stands behind it: it may be cut
  problem_count: number;
  problems: { line: number; what: Text }[];
  first: { tag: string; ts_ms: number | null; value: number | string | null }[];
  stored: number | null;
  doubtful: number | null;
}

/** As large as the server takes; a larger file goes by a watched folder or a command. */
export const most_bytes = 16 << 20;

export function import_csv(order: CsvOrder): Promise<CsvOutcome> {
  return get_json<CsvOutcome>("/api/plant/csv", { method: "POST", body: order, timeout_ms: 300_000 });
}
