// What GET /api/maintenance/vibration/... answers; src/server/api/schemas/own.json describes it.
import type { Text } from "./api_types";

export interface VibrationRecording {
  number: number;
  asset: string;
  point: string;
  recorded_ms: number;
  rate_hz: number;
  unit: "g" | "m/s2";
  rpm: number | null;
  bearing: { elements: number; element_diameter: number; pitch_diameter: number; contact_angle_deg: number } | null;
  orders: { bpfo: number; bpfi: number; bsf: number; ftf: number } | null;
  bearing_from: "recording" | "plant" | null;
  bearing_name: string; // of the plant description
  rpm_tag: string; // whose value the speed was; empty: said, or of the file
  group: string | null;
  source: string;
  channel: string;
  by: string;
  samples: number;
  cut: number;
  found: { velocity_rms_mm_s: number; acceleration_rms_m_s2: number; kurtosis: number; zone: string | null; diagnosed: boolean; named: string | null; named_title: Text | null };
}

/** What the plant description says of a measuring point. */
export interface DescribedPoint {
  point: string;
  component: string;
  bearing_name: string;
  bearing: VibrationRecording["bearing"];
  orders: VibrationRecording["orders"];
  speed_tag: string;
  shaft_ratio: number;
}

export interface VibrationList {
  asset: string;
  points: { point: string; count: number }[];
  described: DescribedPoint[];
  recordings: VibrationRecording[]; // newest first
  may_add: boolean;
  may_remove: boolean;
}

export interface VibrationAdded {
  recording: VibrationRecording;
  removed: VibrationRecording[];
  note: Text | null; // why the plant description's bearing was not used
}

export interface VibrationSpectrum {
  step_hz: number;
  values: number[];
}

export interface VibrationLine {
  part: "shaft" | "outer_race" | "inner_race" | "rolling_element" | "cage";
  label: Text;
  hz: number;
  found_hz: number | null;
  prominence: number | null;
}

export interface VibrationReport {
  recording: VibrationRecording;
  findings: Text[]; // the gravest first
  waveform: { step_s: number; points: [number, number][] };
  spectrum: VibrationSpectrum;
  envelope: VibrationSpectrum & { band_hz: [number, number]; whitened: boolean; lines: VibrationLine[] };
}

export interface VibrationWaterfall {
  step_hz: number;
  rows: { recording: VibrationRecording; values: number[] }[]; // oldest first
}
