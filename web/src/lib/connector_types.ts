// Shapes of /api/connectors, as docs and schemas have them.
import type { Connector } from "./api_types";

/** How a connection did in a minute, or in several that were put together. */
export interface ConnectorPoint {
  t_ms: number;
  state: Connector["state"]; // the worst that was seen
  samples: number;
  refused: number;
  gaps: number;
  backlog: number | null; // the most that waited
  skew_ms: number | null;
}

/** Where there is no point, the server did not run. */
export interface ConnectorHistory {
  name: string;
  from_ms: number;
  to_ms: number;
  step_ms: number;
  points: ConnectorPoint[];
}
