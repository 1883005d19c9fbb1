// What the plant is connected to: reading it, looking at a device, replacing all of it.
import { get_json } from "~/lib/fetch";
import type { Setup, SetupSight, SetupView } from "~/lib/setup_types";

export const read_setup = () => get_json<SetupView>("/api/plant/setup");

export const look_at = (what: Record<string, unknown>) => get_json<SetupSight>("/api/plant/setup/look", { method: "POST", body: what, timeout_ms: 60_000 });

export const replace_setup = (setup: Setup, version: string) => get_json<SetupView>("/api/plant/setup", { method: "PUT", body: setup, if_match: version });
