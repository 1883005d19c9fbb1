// Questions to begin with, made of the machines and signals that are really there.
import type { Asset, Tag } from "~/lib/api_types";
import type { Lang } from "~/lib/format";
import { t_in } from "~/lib/i18n/translate";
import type { KnownContext } from "./context";

function key_number(asset: Asset): Tag | null {
  const numbers = asset.tags.filter((tag) => tag.kind === "number");
  return numbers.find((tag) => tag.key && /temp/.test(tag.id)) ?? numbers.find((tag) => tag.key) ?? numbers[0] ?? null;
}

export function example_questions(assets: readonly Asset[], lang: Lang): string[] {
  const found: string[] = [];
  const name = (asset: Asset) => asset.name[lang] || asset.name.en;
  const tag_name = (tag: Tag) => tag.name[lang] || tag.name.en;
  // The second of two equal machines: "CNC-2" shows that the number matters.
  const kinds = new Map<string, Asset[]>();
  for (const asset of assets) kinds.set(asset.kind, [...(kinds.get(asset.kind) ?? []), asset]);
  const pair = [...kinds.values()].find((group) => group.length >= 2);
  const first = pair?.[1] ?? assets[0];
  const tag = first ? key_number(first) : null;
  if (first && tag) found.push(t_in(lang, "example.latest_change", { asset: name(first), tag: tag_name(tag) }));
  if (assets.length > 0) found.push(t_in(lang, "example.unusual"));
  if (pair?.[0] && first && tag) found.push(t_in(lang, "example.compare", { asset: name(pair[0]), other: name(first), tag: tag_name(tag) }));
  const stated = assets.find((asset) => asset !== first && asset.tags.some((candidate) => candidate.kind === "state")) ?? first;
  if (stated) found.push(t_in(lang, "example.states", { asset: name(stated) }));
  return found;
}

export function context_questions({ asset, tag }: KnownContext, lang: Lang): string[] {
  const chosen = tag && tag.kind === "number" ? tag : key_number(asset);
  const name = asset.name[lang] || asset.name.en;
  const found: string[] = [];
  if (chosen) {
    const tag_name = chosen.name[lang] || chosen.name.en;
    found.push(t_in(lang, "example.latest_change", { asset: name, tag: tag_name }));
    found.push(t_in(lang, "example.about", { asset: name, tag: tag_name }));
  }
  if (asset.tags.some((candidate) => candidate.kind === "counter")) found.push(t_in(lang, "example.count", { asset: name }));
  found.push(t_in(lang, "example.asset_unusual", { asset: name }));
  return found;
}
