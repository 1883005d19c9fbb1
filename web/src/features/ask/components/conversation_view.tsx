// The turns of a conversation, following the newest as long as the reader is at the end.
import { useEffect, useRef } from "preact/hooks";
import type { Conversation } from "../state/conversations";
import { AskTurnView } from "./ask_turn";
import { ChatTurnView } from "./chat_turn";

export function ConversationView({ conversation, scroller }: { conversation: Conversation; scroller: () => Element | null }) {
  const count = useRef(0);
  const { turns } = conversation;

  useEffect(() => {
    const box = scroller();
    if (!box) return;
    const added = turns.length > count.current;
    count.current = turns.length;
    const to_end = box.scrollHeight - box.scrollTop - box.clientHeight;
    if (added || to_end < 160) box.scrollTop = box.scrollHeight;
  }, [turns]);

  return (
    <div class="conversation">
      {turns.map((turn) => (turn.kind === "ask" ? <AskTurnView key={turn.id} turn={turn} /> : <ChatTurnView key={turn.id} turn={turn} />))}
    </div>
  );
}
