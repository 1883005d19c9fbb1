// Which tags fit a search, and which rows of a long list are in sight.
import type { Asset, Tag } from "./api_types";

export interface TagRow {
  asset: Asset;
  tag: Tag;
  words: string; // all that a search looks at, lower case
}

export function tag_rows(assets: readonly Asset[]): TagRow[] {
  return assets.flatMap((asset) =>
    asset.tags.map((tag) => ({
      asset,
      tag,
      words: [tag.id, tag.name.en, tag.name.zh, tag.unit, asset.name.en, asset.name.zh, asset.kind, asset.kind_name.en, asset.kind_name.zh].join(" ").toLowerCase(),
    })),
  );
}

/** Each word of the search has to be found, in any order. */
export function find_tags(rows: readonly TagRow[], search: string, machine: string): TagRow[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return rows.filter((row) => (machine === "" || row.asset.id === machine) && words.every((word) => row.words.includes(word)));
}

const ahead = 10; // rows beyond either edge, so that a quick scroll finds them drawn

/** Of a list of `count` rows whose top is `above` pixels over the window's. */
export function visible_rows(above: number, window_height: number, row_height: number, count: number): { first: number; end: number } {
  const first = Math.min(Math.max(Math.floor(above / row_height) - ahead, 0), count);
  const end = Math.min(Math.max(Math.ceil((above + window_height) / row_height) + ahead, first), count);
  return { first, end };
}
