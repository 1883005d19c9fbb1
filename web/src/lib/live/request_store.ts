// The last finished requests: fetched when somebody looks at them, then followed by events.
import type { FinishedRequest, RequestList } from "../api_types";
import { get_json } from "../fetch";
import { resource } from "../loadable";
import { on_connected, on_event } from "./connection";

/** As many as the server keeps. */
const most = 200;

/** Each once, the last to finish first. */
export function merge_requests(known: readonly FinishedRequest[], fresh: readonly FinishedRequest[]): FinishedRequest[] {
  const by_id = new Map([...known, ...fresh].map((request) => [request.id, request]));
  return [...by_id.values()].sort((a, b) => b.finished_ms - a.finished_ms).slice(0, most);
}

const merged = (fresh: RequestList): RequestList => ({ requests: merge_requests(request_resource.state.peek().data?.requests ?? [], fresh.requests) });

const request_resource = resource(async () => merged(await get_json<RequestList>(`/api/requests?limit=${most}`)));

export const requests = request_resource.state;
export const load_requests = request_resource.load;

export function find_request(id: string): FinishedRequest | undefined {
  return requests.value.data?.requests.find((request) => request.id === id);
}

export function start_requests(): void {
  on_event("requests", (data) => request_resource.set(merged(data as RequestList)));
  // What ended while nothing was heard; somebody who never looked does not need it.
  on_connected(() => {
    if (requests.peek().loaded_at_ms > 0) void load_requests();
  });
}
