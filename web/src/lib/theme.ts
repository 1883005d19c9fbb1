// Light, dark, or as the machine is set. Charts redraw on `theme_changed`.
import { effect, signal } from "@preact/signals";
import { store, stored } from "./storage";

export type Theme = "auto" | "light" | "dark";

const saved = stored("theme");
export const theme = signal<Theme>(saved === "light" || saved === "dark" ? saved : "auto");
export const theme_changed = signal(0);

export function choose_theme(next: Theme): void {
  theme.value = next;
  store("theme", next === "auto" ? null : next);
}

export function is_dark(): boolean {
  if (theme.value !== "auto") return theme.value === "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

export function start_theme(): void {
  effect(() => {
    if (theme.value === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme.value;
    theme_changed.value = theme_changed.peek() + 1;
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    theme_changed.value += 1;
  });
}

/** The value of a token ("--data") as it is now, for what is drawn on a canvas. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
