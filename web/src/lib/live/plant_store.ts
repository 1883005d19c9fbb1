// The plant as it is now: GET /api/plant for what there is, events for how it stands.
import { batch, computed, signal, type Signal } from "@preact/signals";
import type { Abnormal, Asset, Broker, Connector, LatestValue, Plant, PlantEvent, Tag, Text } from "../api_types";
import { set_server_time } from "../clock";
import { get_json } from "../fetch";
import { resource } from "../loadable";
import { is_fault } from "../state_class";
import { on_connected, on_event } from "./connection";
import { note_rates } from "./connector_rates";

const plant_resource = resource(() => get_json<Plant>("/api/plant"));
export const plant = plant_resource.state;
export const broker = signal<Broker | null>(null);
export const connectors = signal<Connector[]>([]);

/** How an asset stands: what of it changes while its description does not. */
export interface AssetStatus {
  state: string;
  state_name: Text;
  since_ms: number;
  abnormal: Abnormal[];
}

const values = new Map<string, Signal<LatestValue>>();
const statuses = new Map<string, Signal<AssetStatus>>();
const nothing: LatestValue = { value: null, text: "", ts_ms: 0, quality: "bad" };
const names_seen = new Map<string, Text>(); // state id -> name, for events that bring the id only

export function latest_of(tag: string): Signal<LatestValue> {
  let found = values.get(tag);
  if (!found) values.set(tag, (found = signal(nothing)));
  return found;
}

export function status_of(asset: string): Signal<AssetStatus> {
  let found = statuses.get(asset);
  if (!found) {
    found = signal<AssetStatus>({ state: "", state_name: { en: "", zh: "" }, since_ms: 0, abnormal: [] });
    statuses.set(asset, found);
  }
  return found;
}

const known = computed(() => {
  const assets = new Map<string, Asset>();
  const tags = new Map<string, { asset: Asset; tag: Tag }>();
  for (const asset of plant.value.data?.assets ?? []) {
    assets.set(asset.id, asset);
    for (const tag of asset.tags) tags.set(tag.id, { asset, tag });
  }
  return { assets, tags };
});

export function find_asset(id: string): Asset | null {
  return known.value.assets.get(id) ?? null;
}

export function find_tag(id: string): { asset: Asset; tag: Tag } | null {
  return known.value.tags.get(id) ?? null;
}

/** Assets that need somebody: an abnormal tag, a fault, or a state that is not known. */
export const attention = computed<Asset[]>(() =>
  (plant.value.data?.assets ?? []).filter((asset) => severity(asset) !== "none"),
);

export type Severity = "none" | "amber" | "red";

/** Nothing can be heard from any machine: one cause that the banner tells, not an alarm of each. */
export const deaf = computed(() => broker.value?.connected === false && broker.value.configured !== false);

/** Whether a machine says what it does: a pump with one sensor does not, and nothing is missing then. */
export function tells_state(asset: Asset): boolean {
  return asset.tags.some((tag) => tag.kind === "state");
}

/** Red: the machine stands because of a fault. Amber: something is unusual, or its state is not known. */
export function severity(asset: Asset): Severity {
  const status = status_of(asset.id).value;
  if (is_fault(status.state)) return "red";
  if (deaf.value) return "none";
  if (status.abnormal.length > 0 || (status.state === "" && tells_state(asset))) return "amber";
  return "none";
}

function take_plant(data: Plant): void {
  set_server_time(data.now_ms);
  broker.value = data.broker;
  connectors.value = data.connectors;
  for (const asset of data.assets) {
    for (const named of asset.states ?? []) names_seen.set(`${asset.kind}/${named.id}`, named.name);
    if (asset.state !== "") names_seen.set(`${asset.kind}/${asset.state}`, asset.state_name);
    status_of(asset.id).value = {
      state: asset.state,
      state_name: asset.state_name,
      since_ms: asset.state_since_ms,
      abnormal: asset.abnormal,
    };
    for (const tag of asset.tags) latest_of(tag.id).value = tag.latest;
  }
}

/** The name of a state as the server named it; its id when it never did. */
export function state_name(kind: string, state: string): Text {
  return names_seen.get(`${kind}/${state}`) ?? { en: state.replaceAll("_", " "), zh: state };
}

let events_bring_abnormal = false;

function take_event(event: PlantEvent): void {
  set_server_time(event.now_ms);
  if (event.broker) broker.value = event.broker;
  if (event.connectors) {
    connectors.value = event.connectors;
    note_rates(event.connectors, event.now_ms);
  }
  for (const { tag, ...value } of event.values ?? []) latest_of(tag).value = value;
  for (const change of event.states ?? []) {
    const status = status_of(change.asset);
    const kind = find_asset(change.asset)?.kind ?? "";
    if (change.abnormal) events_bring_abnormal = true;
    if (change.state_name && change.state !== "") names_seen.set(`${kind}/${change.state}`, change.state_name);
    status.value = {
      state: change.state,
      state_name: change.state_name ?? state_name(kind, change.state),
      since_ms: change.since_ms,
      abnormal: change.abnormal ?? status.value.abnormal,
    };
  }
}

export async function load_plant(): Promise<void> {
  await plant_resource.load();
  const { data, error } = plant.value;
  if (data && !error) batch(() => take_plant(data));
}

const refresh_ms = 10_000;

export function start_plant(): () => void {
  on_event("plant", (data) => batch(() => take_event(data as PlantEvent)));
  on_connected(() => void load_plant());
  void load_plant();
  // What is abnormal may come with GET /api/plant only.
  const timer = setInterval(() => {
    if (!document.hidden && !events_bring_abnormal && plant.value.data) void load_plant();
  }, refresh_ms);
  return () => clearInterval(timer);
}
