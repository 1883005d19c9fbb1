// Messages of the catalogue in the language that was chosen. Reading `lang` inside a component
// makes it follow the language.
import { signal } from "@preact/signals";
import type { Text } from "../api_types";
import type { Lang } from "../format";
import { store, stored } from "../storage";
import { en, type MessageKey } from "./en";
import { zh } from "./zh";

export type { MessageKey } from "./en";

const catalogues: Record<Lang, Partial<Record<MessageKey, string>>> = { en: { ...en }, zh: { ...zh } };

/** The texts of a later script, in both languages: once it is there, a language is switched without waiting. */
export function learn<K extends MessageKey>(more: Record<Lang, Record<K, string>>): void {
  Object.assign(catalogues.en, more.en);
  Object.assign(catalogues.zh, more.zh);
}

export function preferred_language(chosen: string | null, browser: readonly string[]): Lang {
  if (chosen === "en" || chosen === "zh") return chosen;
  for (const name of browser) {
    if (name.toLowerCase().startsWith("zh")) return "zh";
    if (name.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

export const lang = signal<Lang>(
  preferred_language(stored("lang"), typeof navigator === "undefined" ? [] : navigator.languages),
);

export function choose_language(next: Lang): void {
  lang.value = next;
  store("lang", next);
}

export type MessageValues = Record<string, string | number>;

/** The message with {name} replaced; "{n|one machine|# machines}" picks by count and writes it for #. */
export function message_text(message: string, values: MessageValues): string {
  return message.replace(/\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g, (whole, name: string, one?: string, other?: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (one === undefined || other === undefined) return String(value);
    return (Number(value) === 1 ? one : other).replace("#", String(value));
  });
}

export function t(key: MessageKey, values: MessageValues = {}): string {
  return t_in(lang.value, key, values);
}

/** A message in a given language, for what is sent rather than shown. */
export function t_in(language: Lang, key: MessageKey, values: MessageValues = {}): string {
  return message_text(catalogues[language][key] ?? key, values);
}

/** Says the texts of a later part, which are not in the catalogue that everybody loads (ADR 0077). */
export function speaker<W extends string>(words: Record<W, Text>): (word: W, values?: MessageValues) => string {
  return (word, values = {}) => message_text(say(words[word]), values);
}

export function has_message(key: string): key is MessageKey {
  return Object.hasOwn(catalogues.en, key);
}

/** The same where a line or a heading begins with it. */
export function say_title(text: Text | null | undefined): string {
  const said = say(text);
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** A text that the server sent in both languages. */
export function say(text: Text | null | undefined): string {
  if (!text) return "";
  return (lang.value === "zh" ? text.zh || text.en : text.en || text.zh) ?? "";
}
