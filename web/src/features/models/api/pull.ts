// POST /api/models: the server fetches a model; its progress comes with the `models` events.
import { request } from "~/lib/fetch";

export async function pull_model(source: string): Promise<void> {
  await request("/api/models", { method: "POST", body: { source } });
}
