// What can be done with an answer: copy, link, ask again, see how it came about.
import { Button } from "~/components/button";
import { CopyButton } from "~/components/copy_button";
import { Icon } from "~/components/icon";
import { t } from "~/lib/i18n/translate";
import { href } from "~/lib/url_state";
import { retry } from "../state/asking";
import { evidence_line } from "../state/evidence_text";
import { answer_text, type AskTurn, type Turn } from "../state/turns";
import "./answer_actions.css";

function Why({ turn }: { turn: AskTurn }) {
  const given = turn.arguments !== null && JSON.stringify(turn.arguments) !== "{}";
  return (
    <details class="why">
      <summary>
        <Icon name="down" size={16} />
        {t("ask.why")}
      </summary>
      <dl class="facts">
        {turn.tool !== "" && (
          <>
            <dt>{t("ask.why_tool")}</dt>
            <dd class="mono">{turn.tool}</dd>
          </>
        )}
        {given && (
          <>
            <dt>{t("ask.why_arguments")}</dt>
            <dd class="mono why-arguments">{JSON.stringify(turn.arguments, null, 1)}</dd>
          </>
        )}
        <dt>{t("ask.why_replay")}</dt>
        <dd class="mono">{turn.replay_id}</dd>
      </dl>
    </details>
  );
}

export function AnswerActions({ turn }: { turn: Turn }) {
  const has_text = turn.kind === "chat" ? turn.answer !== "" : turn.sentences.length > 0;
  return (
    <div class="answer-actions">
      {has_text && <CopyButton label={t("ask.copy_answer")} text={() => answer_text(turn, evidence_line)} />}
      {turn.kind === "ask" && <CopyButton icon="link" label={t("ask.copy_link")} text={() => location.origin + href("/ask", { q: turn.question })} />}
      {turn.phase !== "failed" && (
        <Button kind="quiet" small icon="retry" onClick={() => retry(turn)}>
          {turn.kind === "ask" ? t("ask.retry") : t("chat.retry")}
        </Button>
      )}
      {turn.kind === "ask" && turn.replay_id !== "" && <Why turn={turn} />}
    </div>
  );
}
