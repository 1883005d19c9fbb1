// Ctrl/Cmd-K: the question box from any page, about what the page shows.
import { aside, ask_focus, close_aside, open_ask, type AskContext } from "~/lib/aside";
import { query, route } from "~/lib/router";

const is_mac = /Mac|iPhone|iPad/.test(navigator.platform);
export const ask_key_name = is_mac ? "⌘K" : "Ctrl K";

function context_here(): AskContext | null {
  const here = route.value;
  if (here.page !== "asset") return null;
  const tag = query.value.tag;
  return tag?.startsWith(`${here.asset}/`) ? { asset: here.asset, tag } : { asset: here.asset };
}

export function ask_from_here(): void {
  if (route.value.page === "ask") ask_focus.value += 1;
  else open_ask(context_here());
}

export function start_ask_key(): () => void {
  const on_key = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (aside.value.kind === "ask" && document.activeElement?.closest(".composer")) close_aside();
    else ask_from_here();
  };
  document.addEventListener("keydown", on_key);
  return () => document.removeEventListener("keydown", on_key);
}
