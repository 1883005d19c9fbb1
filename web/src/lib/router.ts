// Where the reader is, as signals. Links are plain <a href>: the shell turns clicks into navigate().
import { computed, signal } from "@preact/signals";
import { href, parse_query, parse_range, parse_route, range_query, type Query, type Range } from "./url_state";

export const path = signal(location.pathname);
const search = signal(location.search);

export const query = computed<Query>(() => parse_query(search.value));
export const route = computed(() => parse_route(path.value));
export const range = computed<Range>(() => parse_range(query.value));

/** Counts page changes, not query changes: what focus and scroll follow. */
export const visits = signal(0);

function read(): void {
  const page_changed = path.value !== location.pathname;
  path.value = location.pathname;
  search.value = location.search;
  if (page_changed) visits.value += 1;
}

export function navigate(to: string, how: "push" | "replace" = "push"): void {
  if (to === location.pathname + location.search) return;
  if (how === "push") history.pushState(null, "", to);
  else history.replaceState(null, "", to);
  read();
}

/** Changes some names of the query and keeps the rest; null removes. */
export function set_query(changes: Record<string, string | null>, how: "push" | "replace" = "push"): void {
  navigate(href(path.value, { ...query.value, ...changes }), how);
}

export function set_range(next: Range): void {
  set_query(range_query(next));
}

/** A link that keeps the time range of the screen. */
export function link(to: string, extra: Record<string, string | null> = {}): string {
  return href(to, { ...range_query(range.value), ...extra });
}

/** Takes over clicks on links of our own, and the back button. Returns the undo. */
export function start_router(): () => void {
  const on_click = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const anchor = (event.target as Element | null)?.closest?.("a[href]");
    if (!(anchor instanceof HTMLAnchorElement)) return;
    if (anchor.target !== "" || anchor.hasAttribute("download") || anchor.origin !== location.origin) return;
    if (anchor.hash !== "" && anchor.pathname === location.pathname) return;
    if (/^\/(api|v1|metrics|healthz|readyz)(\/|$)/.test(anchor.pathname)) return; // the server's own pages
    event.preventDefault();
    navigate(anchor.pathname + anchor.search);
  };
  document.addEventListener("click", on_click);
  window.addEventListener("popstate", read);
  return () => {
    document.removeEventListener("click", on_click);
    window.removeEventListener("popstate", read);
  };
}
