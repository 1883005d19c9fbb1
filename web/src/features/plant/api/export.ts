// GET /api/plant/csv: the samples of some signals as a file, whole or not at all.
import { request } from "~/lib/fetch";
import { href } from "~/lib/url_state";

export interface SampleFile {
  name: string;
  bytes: Blob;
  samples: number;
  thinned_until_ms: number | null; // before it only aggregates are left of some signal
}

export async function export_csv(tags: readonly string[], from_ms: number, to_ms: number): Promise<SampleFile> {
  const path = href("/api/plant/csv", { tags: tags.join(","), from_ms: String(Math.round(from_ms)), to_ms: String(Math.round(to_ms)) });
  const response = await request(path, { timeout_ms: 120_000 });
  const { headers } = response;
  const [, name = "samples.csv"] = /filename="([^"/\\]+)"/.exec(headers.get("content-disposition") ?? "") ?? [];
  const thinned = headers.get("millwright-thinned-until-ms");
  return { name, bytes: await response.blob(), samples: Number(headers.get("millwright-samples") ?? 0), thinned_until_ms: thinned === null ? null : Number(thinned) };
}
