// Conversations of this browser: kept on this machine only, addressed by the URL (?c=...).
import { computed, signal } from "@preact/signals";
import { query, route } from "~/lib/router";
import { store, stored_json } from "~/lib/storage";
import { href } from "~/lib/url_state";
import { is_open, type Turn } from "./turns";

export type Mode = "plant" | "chat";

export interface Conversation {
  id: string;
  mode: Mode;
  updated_ms: number;
  turns: Turn[];
}

const most_kept = 12;
const storage_key = "conversations";

function load(): Conversation[] {
  const found = stored_json(storage_key);
  if (!Array.isArray(found)) return [];
  return (found as Conversation[]).filter((item) => typeof item?.id === "string" && Array.isArray(item.turns)).map((item) => ({
    ...item,
    // What was streaming when the tab closed has ended since.
    turns: item.turns.map((turn) => (is_open(turn) ? { ...turn, phase: "stopped" as const } : turn)),
  }));
}

export const conversations = signal<Conversation[]>(load());

/** The conversation that each mode goes on with, where the URL names none. */
const current_id: Record<Mode, ReturnType<typeof signal<string>>> = { plant: signal(""), chat: signal("") };

export const mode = computed<Mode>(() => (route.value.page === "ask" && query.value.mode === "chat" ? "chat" : "plant"));

export function conversation_of(which: Mode): Conversation | null {
  const named = route.value.page === "ask" && mode.value === which ? query.value.c : undefined;
  const id = named ?? (route.value.page === "ask" ? "" : current_id[which].value);
  return conversations.value.find((item) => item.id === id && item.mode === which) ?? null;
}

/** Where the Ask area is left off. */
export function ask_href(which: Mode = "plant"): string {
  const id = current_id[which].value ?? "";
  const known = conversations.value.some((item) => item.id === id);
  return href("/ask", { mode: which === "chat" ? "chat" : null, c: known ? id : null });
}

export function set_current(which: Mode, id: string): void {
  current_id[which].value = id;
}

export function find_turn(id: string): Turn | null {
  for (const conversation of conversations.value) {
    const turn = conversation.turns.find((candidate) => candidate.id === id);
    if (turn) return turn;
  }
  return null;
}

let save_timer: ReturnType<typeof setTimeout> | undefined;

function save(): void {
  clearTimeout(save_timer);
  save_timer = setTimeout(() => {
    let keep = conversations.value.slice(0, most_kept);
    // A full storage takes fewer.
    while (keep.length > 0 && !store(storage_key, JSON.stringify(keep))) keep = keep.slice(0, -1);
  }, 400);
}

/** Adds a turn to a conversation, or begins one; newest conversation first. Returns its id. */
export function add_turn(which: Mode, conversation_id: string | null, turn: Turn): string {
  const known = conversations.value.find((item) => item.id === conversation_id);
  const id = known?.id ?? `c${turn.asked_at_ms.toString(36)}`;
  const next: Conversation = { id, mode: which, updated_ms: turn.asked_at_ms, turns: [...(known?.turns ?? []), turn] };
  conversations.value = [next, ...conversations.value.filter((item) => item.id !== id)].slice(0, most_kept);
  set_current(which, id);
  save();
  return id;
}

export function update_turn<T extends Turn>(id: string, change: (turn: T) => T): void {
  conversations.value = conversations.value.map((conversation) =>
    conversation.turns.some((turn) => turn.id === id)
      ? { ...conversation, turns: conversation.turns.map((turn) => (turn.id === id ? change(turn as T) : turn)) }
      : conversation,
  );
  save();
}

/** Removes a turn and those after it: they are asked again. */
export function cut_turns(conversation_id: string, from_turn: string): void {
  conversations.value = conversations.value.map((conversation) => {
    if (conversation.id !== conversation_id) return conversation;
    const at = conversation.turns.findIndex((turn) => turn.id === from_turn);
    return at < 0 ? conversation : { ...conversation, turns: conversation.turns.slice(0, at) };
  });
}
