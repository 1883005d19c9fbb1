// One question with its answer, and how events change it. Plain data, so that it can be stored;
// every change makes a new object, so that signals see it.
import type { AskAnswer, Evidence, Reading, Sentence, Text } from "~/lib/api_types";
import type { ApiError } from "~/lib/fetch";

export type Phase = "waiting" | "streaming" | "done" | "stopped" | "failed";

export interface Failure {
  text: Text;
  status: number;
  code: string;
  retry_after_s: number | null;
}

interface TurnBase {
  id: string;
  question: string;
  asked_at_ms: number;
  ended_at_ms: number | null;
  phase: Phase;
  failure: Failure | null;
}

export interface AskTurn extends TurnBase {
  kind: "ask";
  reading: Reading | null; // the choice that was taken
  stage: string;
  sentences: Sentence[];
  evidence: Evidence[];
  readings: Reading[];
  refused: boolean;
  tool: string;
  arguments: unknown;
  replay_id: string;
}

export interface ChatTurn extends TurnBase {
  kind: "chat";
  model: string;
  thoughts?: string; // of a model that thinks before it answers
  answer: string;
  first_text_ms: number | null;
  tokens: number | null;
  finish: string;
}

export type Turn = AskTurn | ChatTurn;

function base(question: string, now_ms: number): TurnBase {
  const id = `t${now_ms.toString(36)}${Math.floor(Math.random() * 1296).toString(36)}`;
  return { id, question, asked_at_ms: now_ms, ended_at_ms: null, phase: "waiting", failure: null };
}

export function new_ask_turn(question: string, reading: Reading | null, now_ms: number): AskTurn {
  return {
    ...base(question, now_ms),
    kind: "ask",
    reading,
    stage: "",
    sentences: [],
    evidence: [],
    readings: [],
    refused: false,
    tool: "",
    arguments: null,
    replay_id: "",
  };
}

export function new_chat_turn(question: string, model: string, now_ms: number): ChatTurn {
  return { ...base(question, now_ms), kind: "chat", model, answer: "", first_text_ms: null, tokens: null, finish: "" };
}

/** What the server says at the end is the whole answer: it replaces what came in pieces. */
export function with_answer(turn: AskTurn, answer: AskAnswer, now_ms: number): AskTurn {
  // Series may come with the evidence events only.
  const series = new Map(turn.evidence.map((item) => [item.id, item.series]));
  return {
    ...turn,
    phase: "done",
    ended_at_ms: now_ms,
    stage: "",
    sentences: answer.sentences,
    evidence: answer.evidence.map((item) => ((item.series ?? []).length > 0 ? item : { ...item, series: series.get(item.id) ?? [] })),
    readings: answer.readings ?? [],
    refused: answer.refused,
    tool: answer.tool ?? "",
    arguments: answer.arguments ?? null,
    replay_id: answer.replay_id ?? "",
  };
}

export function with_failure<T extends Turn>(turn: T, error: ApiError, now_ms: number): T {
  const failure = { text: error.text, status: error.status, code: error.code, retry_after_s: error.retry_after_s };
  return { ...turn, phase: "failed", ended_at_ms: now_ms, failure };
}

export function stopped<T extends Turn>(turn: T, now_ms: number): T {
  return { ...turn, phase: "stopped", ended_at_ms: now_ms };
}

export function is_open(turn: Turn): boolean {
  return turn.phase === "waiting" || turn.phase === "streaming";
}

/** The answer as text, for the clipboard: sentences, then the sources they stand on. */
export function answer_text(turn: Turn, describe: (evidence: Evidence) => string): string {
  if (turn.kind === "chat") return turn.answer.trim();
  const sentences = turn.sentences.map((sentence) => {
    const marks = sentence.evidence.map((id) => turn.evidence.findIndex((item) => item.id === id) + 1).filter((n) => n > 0);
    return marks.length === 0 ? sentence.text : `${sentence.text} [${marks.join(", ")}]`;
  });
  const sources = turn.evidence.map((item, index) => `[${index + 1}] ${describe(item)}`);
  return [sentences.join("\n"), sources.join("\n")].filter((part) => part !== "").join("\n\n");
}
