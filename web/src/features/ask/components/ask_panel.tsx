// The question box beside any page (Ctrl/Cmd-K), about what that page shows.
import { useEffect } from "preact/hooks";
import { IconButton } from "~/components/button";
import { ask_focus, close_aside } from "~/lib/aside";
import { lang, t } from "~/lib/i18n/translate";
import { plant } from "~/lib/live/plant_store";
import { conversation_of, set_current } from "../state/conversations";
import { context_questions, example_questions } from "../state/examples";
import { AskForm, Examples, current_context } from "./ask_form";
import { ConversationView } from "./conversation_view";
import "./ask_panel.css";

export function AskPanel() {
  const conversation = conversation_of("plant");
  const context = current_context();
  const assets = plant.value.data?.assets ?? [];
  const turns = conversation?.turns.length ?? 0;
  useEffect(() => {
    ask_focus.value += 1; // the box that just appeared takes the cursor
  }, []);
  return (
    <div class="ask-panel">
      <header class="aside-head">
        <h2>{t("ask.title")}</h2>
        <span class="topbar-space" />
        {turns > 0 && <IconButton icon="plus" label={t("ask.new")} onClick={() => set_current("plant", "")} />}
        <IconButton icon="close" label={t("app.close")} onClick={() => close_aside()} />
      </header>
      <div class="aside-body">
        {conversation && turns > 0 ? (
          <ConversationView conversation={conversation} />
        ) : (
          <Examples questions={context ? context_questions(context, lang.value) : example_questions(assets, lang.value)} />
        )}
      </div>
      <div class="ask-panel-foot">
        <AskForm id="ask-panel-box" />
      </div>
    </div>
  );
}
