// What the plant consists of and how it is connected, as GET and PUT /api/plant/setup have it.
import type { Text } from "./api_types";

export interface TagEntry {
  id: string;
  name?: Partial<Text>;
  kind?: string;
  unit?: string;
  normal?: [number | null, number | null];
  watchdog_s?: number;
  interpolation?: string;
  earlier?: { id: string; unit: string }[];
  [more: string]: unknown;
}
export interface AssetEntry {
  id: string;
  name?: Partial<Text>;
  kind: string;
  line: string;
  tags?: TagEntry[];
  [more: string]: unknown;
}
export interface KindEntry {
  id: string;
  tags?: TagEntry[];
  [more: string]: unknown;
}
export interface Description {
  site: string;
  lines?: { id: string; name?: Partial<Text> }[];
  kinds?: KindEntry[];
  assets?: AssetEntry[];
  formerly?: { tag?: string; id?: string; unit?: string; [more: string]: unknown }[];
  [more: string]: unknown;
}
/** A register of Modbus, a node of OPC UA, a topic of a broker. */
export interface SourceEntry {
  tag: string;
  [more: string]: unknown;
}
export interface ConnectorEntry {
  name: string;
  kind: string;
  register?: SourceEntry[];
  node?: SourceEntry[];
  metric?: SourceEntry[];
  [more: string]: unknown;
}
export interface BrokerEntry {
  address: string;
  topic?: SourceEntry[];
  [more: string]: unknown;
}
export interface Setup {
  description: Description;
  connectors: ConnectorEntry[];
  broker?: BrokerEntry | null;
}
/** A certificate whose word is taken for who answers. */
export interface Authority {
  subject: string;
  expires_ms: number;
  sha256: string;
  state: string;
}
export interface SetupView {
  version: string;
  running: boolean;
  editable: boolean;
  why: Text | null;
  demo: boolean;
  opcua: boolean;
  problem: Text | null;
  setup: Setup | null;
  authorities: Record<string, Authority[]>; // by the name of a connection
}
export interface SetupSight {
  variables?: { node: string; path: string[]; id: string; type: string; array: boolean; readable: boolean; unit: string; low: number | null; high: number | null }[];
  registers?: { raw: number | null; value: number | null; problem: Text | null }[];
  topics?: { topic: string; key?: string; payload: string; messages: number }[];
  metrics?: { group: string; edge: string; device: string; metric: string; type: string; unit: string; readable: boolean }[];
  cut: boolean;
}
