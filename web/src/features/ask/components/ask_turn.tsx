// A question put to the plant, and its answer: sentences with their sources, the trend beside them.
import { Button } from "~/components/button";
import { ErrorNotice, Notice } from "~/components/notice";
import { Icon } from "~/components/icon";
import type { Sentence } from "~/lib/api_types";
import { open_evidence } from "~/lib/aside";
import { now_ms } from "~/lib/clock";
import { ApiError } from "~/lib/fetch";
import { duration_text, minute_text } from "~/lib/format";
import { useDelayed } from "~/lib/hooks";
import { lang, t, type MessageKey } from "~/lib/i18n/translate";
import { plant } from "~/lib/live/plant_store";
import { ask, retry } from "../state/asking";
import { question_language } from "../state/context";
import { example_questions } from "../state/examples";
import { is_open, type AskTurn } from "../state/turns";
import { AnswerActions } from "./answer_actions";
import { AnswerTrends } from "./answer_trends";
import { SourceList } from "./source_list";
import { SourceMarks } from "./source_mark";
import "./ask_turn.css";

function stage_text(turn: AskTurn): string {
  if (turn.phase === "waiting") return t("ask.stage_waiting");
  const stage = turn.stage.toLowerCase();
  const stages: [RegExp, MessageKey][] = [
    [/underst|pars|question|intent|language/, "ask.stage_understand"],
    [/choos|tool|rank|plan|select/, "ask.stage_choose"],
    [/read|look|run|fetch|sample|evidence/, "ask.stage_read"],
    [/writ|realis|answer|explain|verif/, "ask.stage_write"],
  ];
  return t(stages.find(([pattern]) => pattern.test(stage))?.[1] ?? "ask.stage_working");
}

function Working({ turn }: { turn: AskTurn }) {
  const shown = useDelayed(true);
  if (!shown) return <p class="working" />;
  const seconds = now_ms.value - turn.asked_at_ms;
  return (
    <p class="working" role="status">
      <span class="working-dot" />
      {stage_text(turn)}
      {seconds > 2000 && <span class="quiet" aria-hidden="true">{` · ${duration_text(seconds, lang.value)}`}</span>}
    </p>
  );
}

function SentenceRow({ turn, sentence, first }: { turn: AskTurn; sentence: Sentence; first: boolean }) {
  if (sentence.from_model) {
    return (
      <li class="sentence sentence-model">
        <p class="sentence-by" title={t("ask.from_model_hint")}>
          <Icon name="pen" size={16} />
          {t("ask.from_model")}
        </p>
        <p>
          {sentence.text} <SourceMarks turn={turn} ids={sentence.evidence} />
        </p>
      </li>
    );
  }
  const [source] = sentence.evidence;
  return (
    <li class={`sentence${first ? " sentence-first" : ""}${source ? " sentence-sourced" : ""}`}>
      {/* The sentence itself is a door too; the marks are what the keyboard and the screen reader use. */}
      <p onClick={source && window.getSelection()?.type !== "Range" ? () => open_evidence(turn.id, source) : undefined}>
        {sentence.text}{" "}
        <span onClick={(event) => event.stopPropagation()}>
          <SourceMarks turn={turn} ids={sentence.evidence} />
        </span>
      </p>
    </li>
  );
}

function Readings({ turn }: { turn: AskTurn }) {
  return (
    <div class="readings">
      <h3>{t("ask.choose")}</h3>
      <div class="readings-list">
        {turn.readings.map((reading) => (
          <Button key={reading.id} icon="next" onClick={() => void ask(turn.question, reading)}>
            {reading.text}
          </Button>
        ))}
      </div>
    </div>
  );
}

function Refusal({ turn }: { turn: AskTurn }) {
  const questions = example_questions(plant.value.data?.assets ?? [], question_language(turn.question));
  return (
    <div class="readings">
      <h3>{t("ask.refused_try")}</h3>
      <div class="readings-list">
        {questions.map((question) => (
          <Button key={question} icon="ask" onClick={() => void ask(question)}>
            {question}
          </Button>
        ))}
      </div>
    </div>
  );
}

export function AskTurnView({ turn }: { turn: AskTurn }) {
  const open = is_open(turn);
  const { failure } = turn;
  const has_trend = turn.evidence.some((item) => (item.series ?? []).length > 1);
  return (
    <article class="turn" data-turn={turn.id} data-phase={turn.phase}>
      <header class="turn-question">
        <h2>
          <span class="visually-hidden">{`${t("ask.you")}: `}</span>
          {turn.question}
        </h2>
        <time class="quiet nowrap">{minute_text(turn.asked_at_ms, lang.value)}</time>
      </header>
      {turn.reading && <p class="quiet turn-reading">{t("ask.chosen", { text: turn.reading.text })}</p>}
      <div class={`answer${has_trend ? " answer-with-trend" : ""}`}>
        <div class="answer-words">
          {turn.refused && <Notice compact icon="info" title={t("ask.refused")} />}
          {/* Announced sentence by sentence, as they are added. */}
          <ol class="sentences" aria-live="polite" aria-relevant="additions" aria-label={t("ask.answer")}>
            {turn.sentences.map((sentence, index) => (
              <SentenceRow key={index} turn={turn} sentence={sentence} first={index === 0 && !turn.refused} />
            ))}
          </ol>
          {open && <Working turn={turn} />}
          {turn.readings.length > 0 && <Readings turn={turn} />}
          {turn.refused && <Refusal turn={turn} />}
          {turn.phase === "stopped" && <p class="quiet turn-end">{t("ask.stopped")}</p>}
          {failure && (
            <ErrorNotice
              compact
              title={turn.sentences.length > 0 && failure.code === "broken" ? t("ask.cut_off") : t("ask.failed")}
              error={new ApiError(failure.text, failure.status, failure.code, failure.retry_after_s)}
              retry={() => retry(turn)}
            />
          )}
        </div>
        {has_trend && <AnswerTrends turn={turn} />}
        <div class="answer-foot">
          {turn.evidence.length > 0 && <SourceList turn={turn} />}
          {!open && <AnswerActions turn={turn} />}
        </div>
      </div>
    </article>
  );
}
