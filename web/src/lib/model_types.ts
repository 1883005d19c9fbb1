// What stands beside a model in the server's list of models.
import type { Text } from "./api_types";

/** Weights that change a model's answers, asked for as MODEL:NAME. */
export interface Adapter {
  name: string;
  state: "loading" | "ready" | "failed";
  rank: number;
  bytes: number;
  source: string;
  problem: Text | null;
}

/** A server of an upstream. */
export interface Replica {
  address: string;
  health: "unknown" | "up" | "down";
  resting: boolean;
  running: number;
  answered: number;
  failed: number;
  problem: Text | null;
}
