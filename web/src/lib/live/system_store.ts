// The server's own condition and its models: GET once, then events.
import { signal } from "@preact/signals";
import type { Model, ModelList, SystemStatus } from "../api_types";
import { get_json } from "../fetch";
import { resource } from "../loadable";
import { store, stored } from "../storage";
import { on_connected, on_event } from "./connection";

const system_resource = resource(() => get_json<SystemStatus>("/api/system"));
const models_resource = resource(() => get_json<ModelList>("/api/models"));

export const system = system_resource.state;
export const models = models_resource.state;
export const load_system = system_resource.load;
const poll_ms = 2000;
export const load_models = models_resource.load;

const chosen_key = "chat_model";
const chosen = signal(stored(chosen_key));

export function ready_models(): Model[] {
  return models.value.data?.models.filter((model) => model.state === "ready") ?? [];
}

/** The model that chats: the chosen one while it is ready, else the first that is. */
export function ready_model(): Model | null {
  const ready = ready_models();
  return ready.find((model) => model.name === chosen.value) ?? ready[0] ?? null;
}

export function choose_model(name: string): void {
  chosen.value = name;
  store(chosen_key, name);
}

export function start_system(): void {
  on_event("system", (data) => system_resource.set(data as SystemStatus));
  on_event("models", (data) => models_resource.set(data as ModelList));
  on_connected(() => {
    void load_system();
    void load_models();
  });
  void load_system();
  void load_models();
  // A download is watched even where no event tells of it.
  setInterval(() => {
    const { data, loaded_at_ms } = models.value;
    const busy = data?.models.some((model) => model.state === "fetching" || model.state === "loading") ?? false;
    if (busy && !document.hidden && Date.now() - loaded_at_ms > poll_ms) void load_models();
  }, poll_ms);
}
