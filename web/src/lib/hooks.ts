// Small hooks that several components share.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";
import { as_api_error, type ApiError } from "./fetch";

/** True once `wanted` has held for `delay_ms`: progress shows only when there is something to wait for. */
export function useDelayed(wanted: boolean, delay_ms = 300): boolean {
  const [shown, set_shown] = useState(false);
  useEffect(() => {
    if (!wanted) {
      set_shown(false);
      return undefined;
    }
    const timer = setTimeout(() => set_shown(true), delay_ms);
    return () => clearTimeout(timer);
  }, [wanted, delay_ms]);
  return shown && wanted;
}

/** Calls `handler` for a key anywhere on the page, until unmounted. */
export function useKey(key: string, handler: (event: KeyboardEvent) => void): void {
  const latest = useRef(handler);
  latest.current = handler;
  useLayoutEffect(() => {
    const on_key = (event: KeyboardEvent) => {
      if (event.key === key && !event.isComposing) latest.current(event);
    };
    document.addEventListener("keydown", on_key);
    return () => document.removeEventListener("keydown", on_key);
  }, [key]);
}

/** The width of an element in CSS pixels, followed. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, set_width] = useState(0);
  useEffect(() => {
    const target = element.current;
    if (!target) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) set_width(Math.floor(entry.contentRect.width));
    });
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** True from the first time on that an element came near the view: what nobody sees is not fetched. */
export function useSeen(element: RefObject<Element | null>): boolean {
  const [seen, set_seen] = useState(false);
  useEffect(() => {
    const target = element.current;
    if (!target || seen) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) set_seen(true);
      },
      { rootMargin: "300px" },
    );
    observer.observe(target);
    return () => observer.disconnect();
  }, [element, seen]);
  return seen;
}

/** True while a media query matches. */
export function useMedia(text: string): boolean {
  const [matches, set_matches] = useState(() => matchMedia(text).matches);
  useEffect(() => {
    const list = matchMedia(text);
    const on_change = () => set_matches(list.matches);
    on_change();
    list.addEventListener("change", on_change);
    return () => list.removeEventListener("change", on_change);
  }, [text]);
  return matches;
}

/** A <details> as a menu: closed by Escape, which gives the focus back, and by a press elsewhere. */
export function useMenu(): { menu: RefObject<HTMLDetailsElement | null>; close: () => void } {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = () => {
    if (menu.current) menu.current.open = false;
  };
  useKey("Escape", () => {
    if (!menu.current?.open) return;
    close();
    menu.current.querySelector("summary")?.focus();
  });
  useEffect(() => {
    const on_press = (event: PointerEvent) => {
      if (!menu.current?.contains(event.target as Node)) close();
    };
    document.addEventListener("pointerdown", on_press);
    return () => document.removeEventListener("pointerdown", on_press);
  }, []);
  return { menu, close };
}

type Work = (newest: () => boolean) => Promise<unknown>;

/**
 * Something that is asked of the server by a button: whether it is under way, and why it failed. Only the newest
 * counts: work that was overtaken is not told of, and asks `newest` before it shows what came of it.
 */
export function useOrder(): { busy: boolean; problem: ApiError | null; run: (work: Work) => Promise<void> } {
  const [busy, set_busy] = useState(false);
  const [problem, set_problem] = useState<ApiError | null>(null);
  const begun = useRef(0);
  const run = async (work: Work) => {
    begun.current += 1;
    const mine = begun.current;
    const newest = () => begun.current === mine;
    set_busy(true);
    set_problem(null);
    try {
      await work(newest);
    } catch (thrown) {
      if (newest()) set_problem(as_api_error(thrown));
    } finally {
      if (newest()) set_busy(false);
    }
  };
  return { busy, problem, run };
}
