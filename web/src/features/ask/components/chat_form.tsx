// The box of plain chat, or why there is none yet.
import { useState } from "preact/hooks";
import { Icon } from "~/components/icon";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import { Progress } from "~/components/progress";
import { lang, t } from "~/lib/i18n/translate";
import { choose_model, load_models, models, ready_model, ready_models } from "~/lib/live/system_store";
import { link } from "~/lib/router";
import { writes_chinese } from "~/lib/model_card";
import { chat_with_model, open_turn, stop } from "../state/asking";
import { Composer } from "./composer";

export function ChatForm() {
  const [text, set_text] = useState("");
  const { data, error } = models.value;
  const model = ready_model();
  const open = open_turn("chat");
  if (!data && error) return <ErrorNotice error={error} retry={() => void load_models()} />;
  if (!data) return <Skeleton shapes={1} height="row" />;
  if (!model) {
    const coming = data.models.find((item) => item.state === "loading" || item.state === "fetching");
    return (
      <Notice icon="models" title={coming ? t("chat.loading_model", { name: coming.name }) : t("chat.no_model")} hint={t("chat.no_model_hint")}>
        {coming && <Progress share={coming.progress} label={coming.name} />}
        <a class="button" href={link("/models")}>
          <Icon name="models" />
          <span>{t("chat.to_models")}</span>
        </a>
      </Notice>
    );
  }
  const send = () => {
    void chat_with_model(text);
    set_text("");
  };
  return (
    <div class="chat-box">
      <p class="quiet chat-note">
        <Icon name="info" size={16} />
        <span>
          {t("chat.note")} {lang.value === "zh" && writes_chinese(model) === false && t("chat.only_english", { name: model.name })}
        </span>
      </p>
      {ready_models().length > 1 && (
        <select class="select chat-model" aria-label={t("chat.model")} value={model.name} onChange={(event) => choose_model(event.currentTarget.value)}>
          {ready_models().map((item) => (
            <option key={item.name} value={item.name}>
              {item.upstream === null ? item.name : t("chat.model_of", { name: item.name, upstream: item.upstream })}
            </option>
          ))}
        </select>
      )}
      <Composer
        id="chat-box"
        text={text}
        on_text={set_text}
        on_send={send}
        on_stop={open ? () => stop(open.id) : null}
        placeholder={t("ask.placeholder_chat")}
      />
    </div>
  );
}
