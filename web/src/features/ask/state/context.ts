// How a question gets to know what it is about: names of the plant in front of it, visibly, as if
// the asker had written them.
import type { Asset, Tag } from "~/lib/api_types";
import type { AskContext } from "~/lib/aside";
import type { Lang } from "~/lib/format";
import { t_in } from "~/lib/i18n/translate";

export function question_language(question: string): Lang {
  return /[\u3400-\u9fff]/.test(question) ? "zh" : "en";
}

export interface KnownContext {
  asset: Asset;
  tag: Tag | null;
}

export function known_context(context: AskContext | null, assets: readonly Asset[]): KnownContext | null {
  const asset = assets.find((candidate) => candidate.id === context?.asset);
  if (!asset) return null;
  return { asset, tag: asset.tags.find((candidate) => candidate.id === context?.tag) ?? null };
}

function names(question: string, name: { en: string; zh: string }, id: string): boolean {
  const plain = question.toLowerCase();
  return [name.en.toLowerCase(), name.zh, id].some((text) => text !== "" && plain.includes(text));
}

/** The question as it is sent. One that names a machine itself is left as it is. */
export function question_in_context(question: string, context: KnownContext | null, assets: readonly Asset[]): string {
  if (!context || question.trim() === "") return question;
  if (assets.some((asset) => names(question, asset.name, asset.id))) return question;
  const lang = question_language(question);
  const { asset, tag } = context;
  if (tag && !asset.tags.some((candidate) => names(question, candidate.name, candidate.id))) {
    return t_in(lang, "example.prefix_tag", { tag: tag.name[lang], asset: asset.name[lang], question });
  }
  return t_in(lang, "example.prefix", { asset: asset.name[lang], question });
}
