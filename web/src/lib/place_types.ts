// The levels of ISA-95 in GET /api/plant.
import type { Text } from "./api_types";

export interface Named {
  id: string;
  name: Text;
}

export interface Places {
  site_name?: Text;
  enterprise?: Named | null;
  areas?: Named[];
  lines?: (Named & { area: string })[];
  cells?: (Named & { line: string })[];
  shifts?: (Named & { lines: string[] })[];
}

export interface AssetPlace {
  path?: string; // "demo/hall-a/line-1/machining/cnc-2"
  cell?: string; // empty: in none
  components?: Named[];
}
