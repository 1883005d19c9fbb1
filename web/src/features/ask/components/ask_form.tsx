// The question box with what it is about and questions to begin with; on the page and in the panel.
import { useState } from "preact/hooks";
import { Icon } from "~/components/icon";
import { ask_context } from "~/lib/aside";
import { lang, say, t } from "~/lib/i18n/translate";
import { plant } from "~/lib/live/plant_store";
import { ask, open_turn, stop } from "../state/asking";
import { known_context, question_in_context, type KnownContext } from "../state/context";
import { Composer } from "./composer";
import "./ask_form.css";

export function current_context(): KnownContext | null {
  return known_context(ask_context.value, plant.value.data?.assets ?? []);
}

function ContextMark({ context }: { context: KnownContext }) {
  const name = context.tag ? `${say(context.asset.name)} · ${say(context.tag.name)}` : say(context.asset.name);
  return (
    <p class="context">
      <span class="quiet">{t("ask.context")}</span>
      <span class="context-mark">
        {name}
        <button type="button" aria-label={t("ask.context_remove", { name })} onClick={() => (ask_context.value = null)}>
          <Icon name="close" size={16} />
        </button>
      </span>
    </p>
  );
}

export function AskForm({ id }: { id: string }) {
  const [text, set_text] = useState("");
  const context = current_context();
  const open = open_turn("plant");
  const send = () => {
    void ask(question_in_context(text, context, plant.peek().data?.assets ?? []));
    set_text("");
  };
  return (
    <div class="ask-form">
      {context && <ContextMark context={context} />}
      <Composer
        id={id}
        text={text}
        on_text={set_text}
        on_send={send}
        on_stop={open ? () => stop(open.id) : null}
        placeholder={t("ask.placeholder")}
      />
    </div>
  );
}

export function Examples({ questions }: { questions: readonly string[] }) {
  if (questions.length === 0) return null;
  return (
    <section class="examples" aria-label={t("ask.examples")} lang={lang.value}>
      <h2 class="quiet">{t("ask.examples")}</h2>
      <ul>
        {questions.map((question) => (
          <li key={question}>
            <button type="button" class="example" onClick={() => void ask(question)}>
              <span>{question}</span>
              <Icon name="up" size={16} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
