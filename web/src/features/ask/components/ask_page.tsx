// Ask: one question box for the plant, and one for plain chat with the model.
import { useEffect } from "preact/hooks";
import { Button } from "~/components/button";
import { ErrorNotice, Notice } from "~/components/notice";
import { PageHead } from "~/components/page_head";
import { Segmented } from "~/components/segmented";
import { ask_context, ask_focus } from "~/lib/aside";
import { useMedia } from "~/lib/hooks";
import { lang, t } from "~/lib/i18n/translate";
import { load_plant, plant } from "~/lib/live/plant_store";
import { navigate, query } from "~/lib/router";
import { href } from "~/lib/url_state";
import { ask } from "../state/asking";
import { ask_href, conversation_of, mode, set_current, type Mode } from "../state/conversations";
import { example_questions } from "../state/examples";
import { AskForm, Examples } from "./ask_form";
import { ChatForm } from "./chat_form";
import { ConversationMenu } from "./conversation_menu";
import { ConversationView } from "./conversation_view";
import { MachinesNow } from "./machines_now";
import "./ask_page.css";

function Start() {
  const { data, error } = plant.value;
  if (error && !data) return <ErrorNotice error={error} retry={() => void load_plant()} />;
  if (!data) return null;
  if (data.assets.length === 0) return <Notice icon="plant" title={t("plant.empty")} hint={t("ask.empty_plant")} />;
  return (
    <>
      <Examples questions={example_questions(data.assets, lang.value)} />
      <MachinesNow assets={data.assets} />
    </>
  );
}

export function AskPage() {
  const which = mode.value;
  const conversation = conversation_of(which);
  const started = (conversation?.turns.length ?? 0) > 0;
  const { c: named, q: asked } = query.value;
  const fine_pointer = useMedia("(pointer: fine)");

  useEffect(() => {
    ask_context.value = null;
    if (named) set_current(which, named);
    else set_current(which, "");
    // With a mouse there is a keyboard, and no on-screen one that would jump up.
    if (fine_pointer) ask_focus.value += 1;
  }, [which, named]);
  useEffect(() => {
    // A link with a question: ask it once, then the URL names the conversation.
    if (asked && which === "plant") {
      navigate(href("/ask"), "replace");
      void ask(asked);
    }
  }, [asked]);

  const switch_mode = (next: Mode) => navigate(ask_href(next));
  const begin_anew = () => {
    set_current(which, "");
    navigate(href("/ask", { mode: which === "chat" ? "chat" : null }));
    ask_focus.value += 1;
  };
  return (
    <div class={`ask-page${started ? " ask-page-started" : ""}`}>
      <PageHead
        title={which === "chat" ? t("ask.title_chat") : started ? t("ask.title") : t("ask.lead")}
        summary={which === "plant" && !started && t("ask.lead_hint")}
      >
        <ConversationMenu mode={which} />
        {started && (
          <Button icon="plus" onClick={begin_anew}>
            {t("ask.new")}
          </Button>
        )}
        <Segmented
          label={t("ask.mode")}
          value={which}
          options={[
            { value: "plant", label: t("ask.mode_plant") },
            { value: "chat", label: t("ask.mode_chat") },
          ]}
          on_choose={switch_mode}
        />
      </PageHead>
      {which === "plant" ? (
        <>
          {started && conversation && <ConversationView key={conversation.id} conversation={conversation} />}
          <div class="ask-box">
            <AskForm id="ask-box" />
          </div>
          {!started && <Start />}
        </>
      ) : (
        <>
          {started && conversation && <ConversationView key={conversation.id} conversation={conversation} />}
          <ChatForm />
        </>
      )}
    </div>
  );
}
