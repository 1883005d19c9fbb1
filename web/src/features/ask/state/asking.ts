// Asks, streams, stops and asks again.
import type { Reading } from "~/lib/api_types";
import { server_now } from "~/lib/clock";
import { as_api_error } from "~/lib/fetch";
import { ready_model } from "~/lib/live/system_store";
import { navigate, route } from "~/lib/router";
import { ask_plant } from "../api/ask";
import { chat, type ChatMessage } from "../api/chat";
import { add_turn, ask_href, conversation_of, conversations, cut_turns, update_turn, type Mode } from "./conversations";
import { is_open, new_ask_turn, new_chat_turn, stopped, with_answer, with_failure, type AskTurn, type ChatTurn, type Turn } from "./turns";

export const longest_question = 1200; // characters; the server takes 4000 bytes, a Chinese character is three

const running = new Map<string, AbortController>();

function show(which: Mode): void {
  // On the Ask page the URL names the conversation as soon as there is one.
  if (route.value.page === "ask") navigate(ask_href(which), "replace");
}

async function run(turn: Turn, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  running.set(turn.id, controller);
  try {
    await work(controller.signal);
  } catch (thrown) {
    const now = server_now();
    update_turn(turn.id, (current) => (controller.signal.aborted ? stopped(current, now) : with_failure(current, as_api_error(thrown), now)));
  } finally {
    running.delete(turn.id);
  }
}

/** Asks the plant; `reading` is the choice taken when the question had several. */
export async function ask(question: string, reading: Reading | null = null): Promise<void> {
  const turn = new_ask_turn(question.trim().slice(0, longest_question), reading, server_now());
  if (turn.question === "") return;
  add_turn("plant", conversation_of("plant")?.id ?? null, turn);
  show("plant");
  const change = (how: (turn: AskTurn) => AskTurn) => update_turn<AskTurn>(turn.id, how);
  await run(turn, (signal) =>
    ask_plant(
      { question: turn.question, lang: null, reading_id: reading?.id ?? "" },
      {
        status: (stage) => change((now) => ({ ...now, phase: "streaming", stage })),
        evidence: (item) => change((now) => ({ ...now, phase: "streaming", evidence: [...now.evidence, item] })),
        sentence: (sentence) => change((now) => ({ ...now, phase: "streaming", sentences: [...now.sentences, sentence] })),
        readings: (readings) => change((now) => ({ ...now, readings })),
        done: (answer) => change((now) => with_answer(now, answer, server_now())),
      },
      signal,
    ),
  );
}

/** Chats with the model; earlier turns that were answered go along. */
export async function chat_with_model(question: string): Promise<void> {
  const model = ready_model();
  if (!model || question.trim() === "") return;
  const conversation = conversation_of("chat");
  const turn = new_chat_turn(question.trim().slice(0, longest_question), model.name, server_now());
  const messages: ChatMessage[] = [];
  for (const earlier of conversation?.turns ?? []) {
    if (earlier.kind !== "chat" || earlier.answer === "") continue;
    messages.push({ role: "user", content: earlier.question }, { role: "assistant", content: earlier.answer });
  }
  messages.push({ role: "user", content: turn.question });
  add_turn("chat", conversation?.id ?? null, turn);
  show("chat");
  await run(turn, async (signal) => {
    let text = "";
    let thought = "";
    let frame = 0;
    const flush = () => {
      frame = 0;
      const [piece, thinking] = [text, thought];
      text = thought = "";
      if (piece === "" && thinking === "") return;
      update_turn<ChatTurn>(turn.id, (now) => ({
        ...now,
        phase: "streaming",
        thoughts: (now.thoughts ?? "") + thinking,
        answer: now.answer + piece,
        first_text_ms: now.first_text_ms ?? server_now(),
      }));
    };
    // Once a frame at most: tokens may come faster than the screen can show.
    const soon = () => {
      frame ||= requestAnimationFrame(flush);
    };
    try {
      const end = await chat(
        model.name,
        messages,
        {
          text: (piece) => {
            text += piece;
            soon();
          },
          thought: (piece) => {
            thought += piece;
            soon();
          },
        },
        signal,
      );
      flush();
      update_turn<ChatTurn>(turn.id, (now) => ({ ...now, phase: "done", ended_at_ms: server_now(), finish: end.finish, tokens: end.completion_tokens }));
    } finally {
      cancelAnimationFrame(frame);
      flush();
    }
  });
}

export function stop(turn_id: string): void {
  running.get(turn_id)?.abort();
}

/** Asks the same again; the old answer and what followed in that conversation go. */
export function retry(turn: Turn): void {
  stop(turn.id);
  const owner = conversations.value.find((conversation) => conversation.turns.some((candidate) => candidate.id === turn.id));
  if (owner) cut_turns(owner.id, turn.id);
  if (turn.kind === "ask") void ask(turn.question, turn.reading);
  else void chat_with_model(turn.question);
}

/** The turn of this conversation that is being answered. */
export function open_turn(which: Mode): Turn | null {
  return conversation_of(which)?.turns.find(is_open) ?? null;
}
