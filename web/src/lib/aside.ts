// What stands beside the page: nothing, the question box, the evidence of an answer, or where the
// time of a request went. The shell draws it; any feature may open it.
import { signal } from "@preact/signals";

/** What a question asked from a page is about. */
export interface AskContext {
  asset: string;
  tag?: string;
}

export type Aside = { kind: "none" } | { kind: "ask" } | { kind: "evidence"; turn: string; evidence: string } | { kind: "request"; id: string };

export const aside = signal<Aside>({ kind: "none" });
export const ask_context = signal<AskContext | null>(null);
/** Counts requests to put the cursor into the question box. */
export const ask_focus = signal(0);

/** Where the reader was before, and is put back to. */
let came_from: Element | null = null;

function show(next: Aside): void {
  if (aside.value.kind === "none") came_from = document.activeElement;
  aside.value = next;
}

let before_evidence: Aside = { kind: "none" };

export function open_ask(context: AskContext | null): void {
  ask_context.value = context;
  show({ kind: "ask" });
  ask_focus.value += 1;
}

export function open_evidence(turn: string, evidence: string): void {
  if (aside.value.kind !== "evidence") before_evidence = aside.value;
  show({ kind: "evidence", turn, evidence });
}

export function open_request(id: string): void {
  show({ kind: "request", id });
}

/** Whether the evidence was opened out of the question box, which it then goes back to. */
export function evidence_has_way_back(): boolean {
  return aside.value.kind === "evidence" && before_evidence.kind === "ask";
}

export function back_from_evidence(): void {
  aside.value = before_evidence;
}

export function close_aside({ put_back = true } = {}): void {
  if (aside.value.kind === "none") return;
  aside.value = { kind: "none" };
  const target = came_from;
  came_from = null;
  if (put_back && target instanceof HTMLElement) setTimeout(() => target.focus());
}
