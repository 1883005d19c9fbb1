// Shapes of the server's own HTTP API, as it sends them. Times are milliseconds since 1970 (UTC).
import type { Adapter, Replica } from "./model_types";
import type { AssetPlace, Places } from "./place_types";
import type { Grant } from "./rights";

export interface Text {
  en: string;
  zh: string;
}

export type Quality = "good" | "uncertain" | "bad";

export interface LatestValue {
  value: number | null;
  text: string;
  ts_ms: number; // 0: nothing ever came
  since_ms?: number; // of states and texts: when the tag came to say so
  quality: Quality;
  reason?: Text | null; // why it is not good
}

export interface Tag {
  id: string; // "cnc-2/spindle_temperature"
  name: Text;
  unit: string;
  low: number | null; // outside [low, high] is unusual
  high: number | null;
  key: boolean; // one of the few that stand for the asset
  kind: "number" | "state" | "counter" | "text";
  component?: string; // part of the machine; empty: the machine as a whole
  decimals?: number;
  latest: LatestValue;
  earlier?: { id: string; unit: string }[]; // histories from before the device measured in this unit
}

export interface Abnormal {
  tag: string;
  reason: Text;
}

export interface Asset extends AssetPlace {
  id: string;
  name: Text;
  kind: string;
  kind_name: Text;
  line: string;
  line_name?: Text | null;
  state: string; // empty: not known
  state_name: Text;
  state_since_ms: number;
  states?: { id: string; name: Text }[];
  abnormal: Abnormal[];
  tags: Tag[];
}

export interface Broker {
  configured?: boolean; // false: values come by another way, there is nothing to lose
  connected: boolean;
  since_ms: number;
  problem?: Text | null;
}

/** How one way in stands: the broker, a Modbus device, a watched folder, pushed samples. */
export interface Connector {
  name: string;
  kind: "mqtt" | "modbus_tcp" | "modbus_rtu" | "opcua" | "sparkplug" | "kafka" | "folder" | "push" | "kafka_out" | "sparkplug_out";
  address: string;
  state: "connecting" | "connected" | "silent" | "failed";
  since_ms: number;
  problem: Text | null; // the last one; it stays when all is well again
  problem_ms: number | null;
  tags: number; // 0: those that its messages name
  samples: number;
  refused: number;
  samples_s: number;
  last_sample_ms: number | null;
  gaps: number; // stretches without a sample that were too long and are over
  gap_start_ms: number | null; // of the last one
  gap_end_ms: number | null;
  backlog: number | null; // files, or variables whose past is still to come; null where nothing can wait
  waiting_since_ms: number | null; // when the oldest of it came
  skew_ms: number | null; // its clock less the server's
  certificate_expires_ms: number | null; // the first of those in use
}

export interface Plant extends Places {
  simulated: boolean;
  site: string;
  now_ms: number;
  broker: Broker;
  connectors: Connector[];
  assets: Asset[];
}

/** [ts_ms, mean, min, max]; nulls are a gap. */
export type SeriesPoint = [number, number | null, number | null, number | null];
/** [start_ms, end_ms, state]; an empty state is not known. */
export type StateSpan = [number, number, string];

export interface Series {
  tag: string;
  goes_on_as: string | null; // of an earlier identifier: the signal of now
  unit: string;
  name: Text;
  simulated: boolean;
  from_ms: number;
  to_ms: number;
  points: SeriesPoint[];
  spans?: StateSpan[];
  good_share: number;
  /** Width of the stretches that points stand for; 0 of state tags. */
  bucket_ms: number;
  /** Widest stretch of which only aggregates are kept; 0: every sample is there as it came. */
  resolution_ms: number;
  interpolation: "stepped" | "linear"; // how values go between samples
  stepped_instead: boolean; // the tag says lines, and these could not be drawn
}

export interface PlantEvent {
  now_ms: number;
  values?: ({ tag: string } & LatestValue)[];
  states?: {
    asset: string;
    state: string;
    since_ms: number;
    state_name?: Text;
    abnormal?: Abnormal[];
  }[];
  broker?: Broker;
  connectors?: Connector[];
}

export interface Percentiles {
  p50: number | null;
  p95: number | null;
}

/** What the machine can do at best with the threads in use, measured. */
export interface MachineLimits {
  int_gmac_s: number;
  f32_gmac_s: number;
  l2_gb_s: number;
  memory_gb_s: number;
  measured_at_ms: number;
  busy: boolean;
}

export interface SystemStatus {
  version: string;
  commit: string;
  uptime_s: number;
  isa: { available: string[]; used: string };
  threads: number;
  machine: MachineLimits | null;
  memory: { rss_bytes: number; model_bytes: number; kv_bytes: number };
  generator: {
    running: number;
    waiting: number;
    step_rows: number;
    mean_step_rows: number | null; // over ten seconds
    decode_tok_s: number;
    prefill_tok_s: number;
    generated_tokens: number;
    prompt_tokens: number;
    cached_prompt_tokens: number;
    cached_share: number | null;
    guessed_tokens: number;
    guessed_right_tokens: number;
    guessed_right_share: number | null;
    preempted: number;
    kv_bytes: number;
    kv_bytes_used: number;
    kv_bytes_cached: number;
  };
  /** Of what the machine has; null where it is not known. */
  shares: { weights_gb_s: number | null; memory: number | null; kv: number | null };
  latency: { first_token_ms: Percentiles; per_token_ms: Percentiles; queue_ms: Percentiles };
  /** Of the whole plant; null for whoever may not see all its lines. */
  ingest: {
    samples_s: number;
    stored_samples: number;
    dropped: number;
    backlog: number;
    unlisted_tags: number; // with a history, and not in the plant description (any more)
    too_late: number; // for times of which only aggregates are kept
    retention: { rules: number; running: boolean; removed_samples: number; last_run_ms: number | null; problem: Text | null };
  } | null;
  history: { t_ms: number; decode_tok_s: number; rss_bytes: number }[];
  disk: { free_bytes: number | null; problem: Text | null };
  /** That TLS clients are shown; null without TLS. */
  restored: { backup_made: string; restored_ms: number; sound: boolean } | null; // the data folder came out of a backup
  certificate: Certificate | null;
  certificates: WatchedCertificate[] | null; // of those whom we talk to; null for whoever may not see all lines
}

export interface WatchedCertificate {
  kind: "broker" | "connector" | "feed" | "store" | "sign_on" | "channel" | "upstream";
  name: string;
  address: string;
  state: Certificate["state"] | "unknown";
  subject: string | null;
  until_ms: number | null;
  seen_ms: number | null; // null where its connection tells
  problem: Text | null; // why the last look saw none
}

export interface Certificate {
  subject: string;
  from_ms: number;
  until_ms: number;
  sha256: string;
  state: "valid" | "expires_soon" | "expired" | "not_yet_valid";
  newer_refused: Text | null; // why newer files are not in use
}

/** Where the time of a finished request went; its texts are not kept. */
export interface FinishedRequest {
  id: string;
  model: string;
  client: string;
  priority: "interactive" | "batch";
  received_ms: number;
  finished_ms: number;
  total_ms: number;
  answers: number; // of more than one, the times are of the one that took longest
  prompt_tokens: number;
  cached_prompt_tokens: number;
  generated_tokens: number;
  queue_ms: number;
  prefill_ms: number;
  decode_ms: number;
  predicted_first_token_ms: number | null;
  first_token_ms: number | null; // null: no token came
  decode_tok_s: number | null;
  finish: "stop" | "length" | "cancelled" | "error";
  problem: Text | null;
}

export interface RequestList {
  requests: FinishedRequest[];
}

export type ModelState = "absent" | "fetching" | "loading" | "ready" | "failed";

export interface Model {
  name: string;
  state: ModelState;
  progress: number;
  bytes: number;
  bytes_done: number;
  bytes_s: number;
  licence: string;
  source: string;
  problem: Text | null;
  card: Record<string, unknown> | null;
  adapters: Adapter[];
  upstream: string | null; // whose model it is; null: this machine's
  replicas: Replica[];
}

export interface ModelList {
  models: Model[];
}

export interface Evidence {
  id: string;
  fact: string; // "latest", "mean", "change", ...
  asset: string;
  tag: string;
  value: number | null;
  unit: string;
  text: string;
  ts_ms: number | null;
  window: { start_ms: number; end_ms: number } | null;
  quality: Quality;
  good_share: number;
  source: string;
  simulated: boolean;
  series: SeriesPoint[];
}

export interface Sentence {
  text: string;
  evidence: string[];
  from_model: boolean;
}

export interface Reading {
  id: string;
  text: string;
}

export interface AskAnswer {
  answer: string;
  sentences: Sentence[];
  evidence: Evidence[];
  readings: Reading[];
  refused: boolean;
  language: "en" | "zh";
  tool: string;
  arguments: unknown;
  replay_id: string;
}

export interface Session {
  state: "open" | "in" | "login" | "key"; // login: a person has to log in
  can_log_in: boolean;
  sign_in_with: string | null; // the identity provider's name, where there is one
  who: { kind: "person" | "key" | "service"; name: string; grants: Grant[]; must_change?: boolean } | null;
  confirm?: { password: boolean; until_ms: number | null }; // the provider may ask again in place of a password
}

export interface WireError {
  message: string;
  message_zh?: string;
  type?: string;
  param?: string | null;
  code?: string | null;
}
