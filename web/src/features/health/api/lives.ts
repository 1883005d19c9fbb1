// How long machines last, and what each is followed by.
import { get_json } from "~/lib/fetch";
import type { LifeModelInfo, LifeOrder, MachineLife } from "~/lib/life_types";

const of = (asset: string) => `/api/maintenance/life/${encodeURIComponent(asset)}`;
export const read_lives = () => get_json<{ machines: MachineLife[] }>("/api/maintenance/life");
export const read_life = (asset: string) => get_json<MachineLife>(of(asset));
export const read_life_models = () => get_json<{ models: LifeModelInfo[] }>("/api/maintenance/life_models");
export const follow_life = (asset: string, order: LifeOrder) => get_json<MachineLife>(of(asset), { method: "PUT", body: order, timeout_ms: 300_000 });
export const end_life = (asset: string) => get_json<object>(of(asset), { method: "DELETE" });
