// The turns of a conversation. A new question goes to the top of the view and its answer grows
// below it, so that what is being read stays where it is.
import { useEffect, useRef } from "preact/hooks";
import type { Conversation } from "../state/conversations";
import { AskTurnView } from "./ask_turn";
import { ChatTurnView } from "./chat_turn";

export function ConversationView({ conversation }: { conversation: Conversation }) {
  const list = useRef<HTMLDivElement>(null);
  const { turns } = conversation;
  useEffect(() => {
    if (turns.length > 1) list.current?.lastElementChild?.scrollIntoView({ block: "start" });
  }, [turns[turns.length - 1]?.id]);
  return (
    <div class={`conversation${turns.length > 1 ? " conversation-long" : ""}`} ref={list}>
      {turns.map((turn) => (turn.kind === "ask" ? <AskTurnView key={turn.id} turn={turn} /> : <ChatTurnView key={turn.id} turn={turn} />))}
    </div>
  );
}
