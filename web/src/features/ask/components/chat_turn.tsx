// A turn of plain chat with the model. Streamed text is announced sentence by sentence, not token
// by token.
import { ErrorNotice } from "~/components/notice";
import { Markdown } from "~/components/markdown";
import { ApiError } from "~/lib/fetch";
import { minute_text, number_text } from "~/lib/format";
import { useDelayed } from "~/lib/hooks";
import { lang, t } from "~/lib/i18n/translate";
import { retry } from "../state/asking";
import { whole_sentences } from "../state/sentences";
import { is_open, type ChatTurn } from "../state/turns";
import { AnswerActions } from "./answer_actions";
import "./ask_turn.css";
import "./chat_turn.css";

function speed_text(turn: ChatTurn): string {
  const { tokens, first_text_ms, ended_at_ms } = turn;
  if (tokens === null || first_text_ms === null || ended_at_ms === null || ended_at_ms <= first_text_ms) return "";
  const rate = (tokens - 1) / ((ended_at_ms - first_text_ms) / 1000);
  return t("chat.speed", { tokens: number_text(tokens, lang.value, 0), rate: number_text(rate, lang.value, rate < 10 ? 1 : 0) });
}

export function ChatTurnView({ turn }: { turn: ChatTurn }) {
  const open = is_open(turn);
  const waiting = useDelayed(turn.phase === "waiting");
  const { failure } = turn;
  return (
    <article class="turn" data-turn={turn.id} data-phase={turn.phase}>
      <header class="turn-question chat-question">
        <h2>
          <span class="visually-hidden">{`${t("chat.you")}: `}</span>
          {turn.question}
        </h2>
        <time class="quiet nowrap">{minute_text(turn.asked_at_ms, lang.value)}</time>
      </header>
      <p class="chat-by quiet">{turn.model}</p>
      <div class="chat-answer" aria-busy={open}>
        {turn.thoughts && (
          <details class="chat-thoughts quiet">
            <summary>{open && turn.answer === "" ? t("chat.thinking") : t("chat.thoughts")}</summary>
            <p>{turn.thoughts}</p>
          </details>
        )}
        <Markdown text={turn.answer} />
        {open && (
          <p class="working" role="status">
            <span class="working-dot" />
            {waiting && t("ask.stage_waiting")}
          </p>
        )}
      </div>
      <p class="visually-hidden" aria-live="polite">
        {open ? whole_sentences(turn.answer) : ""}
      </p>
      {turn.phase === "stopped" && <p class="quiet turn-end">{t("ask.stopped")}</p>}
      {turn.finish === "length" && <p class="quiet turn-end">{t("chat.length")}</p>}
      {failure && (
        <ErrorNotice
          compact
          title={turn.answer !== "" && failure.code === "broken" ? t("ask.cut_off") : t("ask.failed")}
          error={new ApiError(failure.text, failure.status, failure.code, failure.retry_after_s)}
          retry={() => retry(turn)}
        />
      )}
      {!open && (
        <div class="chat-foot">
          <AnswerActions turn={turn} />
          <span class="quiet chat-speed">{speed_text(turn)}</span>
        </div>
      )}
    </article>
  );
}
