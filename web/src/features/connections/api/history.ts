// GET /api/connectors/{name}/history: how a way in did, minute by minute.
import type { ConnectorHistory } from "~/lib/connector_types";
import { get_json } from "~/lib/fetch";
import { href } from "~/lib/url_state";

export const read_history = (name: string, from_ms: number) => get_json<ConnectorHistory>(href(`/api/connectors/${encodeURIComponent(name)}/history`, { from_ms: String(Math.round(from_ms)), max_points: "290" }));
