// A model's card is what was measured of it (runtime/probe.h). Its form may grow: what is not known
// here is shown by its own name.
import type { Model } from "./api_types";

/** false when it was measured to write no Chinese, null when nobody knows. */
export function writes_chinese(model: Model): boolean | null {
  const languages = model.card?.languages;
  if (Array.isArray(languages)) return languages.includes("zh");
  if (languages && typeof languages === "object" && "zh" in languages) return Boolean((languages as { zh: unknown }).zh);
  return null;
}

export interface CardRow {
  key: string; // "copying", "languages.en"
  value: string | number | null;
  passed: boolean | null; // null: a figure, not a test
  right: number | null; // of so many cases
  of: number | null;
}

const plain: Omit<CardRow, "key"> = { value: null, passed: null, right: null, of: null };

function row(key: string, value: unknown): CardRow[] {
  if (typeof value === "boolean") return [{ ...plain, key, passed: value }];
  if (typeof value === "number" || typeof value === "string") return [{ ...plain, key, value }];
  if (Array.isArray(value)) return [{ ...plain, key, value: value.filter((item) => typeof item !== "object").join(", ") }];
  if (value === null || typeof value !== "object") return [];
  const { passed, right, of } = value as { passed?: unknown; right?: unknown; of?: unknown };
  if (typeof passed === "boolean") {
    return [{ ...plain, key, passed, right: typeof right === "number" ? right : null, of: typeof of === "number" ? of : null }];
  }
  if (key.split(".").length > 3) return [];
  return Object.entries(value).flatMap(([name, inner]) => row(`${key}.${name}`, inner));
}

/** The card line by line, in its own order. */
export function card_rows(card: Record<string, unknown> | null): CardRow[] {
  return Object.entries(card ?? {})
    .filter(([key]) => key !== "probe_version")
    .flatMap(([key, value]) => row(key, value));
}
