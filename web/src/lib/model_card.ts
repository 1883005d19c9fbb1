// A model's card is what was measured of it; its form may grow, so it is read with care.
import type { Model } from "./api_types";

/** false when it was measured to write no Chinese, null when nobody knows. */
export function writes_chinese(model: Model): boolean | null {
  const languages = model.card?.languages;
  if (Array.isArray(languages)) return languages.includes("zh");
  if (languages && typeof languages === "object" && "zh" in languages) return passes((languages as Record<string, unknown>).zh);
  return null;
}

function passes(value: unknown): boolean | null {
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value >= 0.5;
  if (value && typeof value === "object") {
    const { passed, ok, pass } = value as { passed?: unknown; ok?: unknown; pass?: unknown };
    return passes(passed ?? ok ?? pass);
  }
  return null;
}

export type CardValue = string | number | boolean;

/** Rows of a card in its own order: nested groups as "group · name". */
export function card_rows(card: Record<string, unknown> | null, prefix: string[] = []): { name: string[]; value: CardValue }[] {
  if (!card) return [];
  return Object.entries(card).flatMap(([key, value]) => {
    const name = [...prefix, key];
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return [{ name, value }];
    if (Array.isArray(value)) return [{ name, value: value.filter((item) => typeof item !== "object").join(", ") }];
    if (value && typeof value === "object" && prefix.length < 3) return card_rows(value as Record<string, unknown>, name);
    return [];
  });
}
