// The box a question is written in. Enter sends, but not while an input method composes (the Enter
// that takes a Chinese candidate); Shift+Enter starts a new line.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "~/components/icon";
import { ask_focus } from "~/lib/aside";
import { t } from "~/lib/i18n/translate";
import { longest_question } from "../state/asking";
import "./composer.css";

interface ComposerProps {
  text: string;
  on_text: (text: string) => void;
  on_send: () => void;
  on_stop: (() => void) | null; // set while an answer comes
  placeholder: string;
  disabled?: boolean;
  id: string;
}

export function Composer({ text, on_text, on_send, on_stop, placeholder, disabled = false, id }: ComposerProps) {
  const box = useRef<HTMLTextAreaElement>(null);
  const focus = ask_focus.value;

  useLayoutEffect(() => {
    if (focus > 0) box.current?.focus();
  }, [focus]);
  useEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, 200)}px`;
  }, [text]);

  const on_key = (event: KeyboardEvent) => {
    // keyCode 229: Safari ends the composition before it tells of the key.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!on_stop && text.trim() !== "") on_send();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (!on_stop && text.trim() !== "") on_send();
      }}
    >
      <label class="visually-hidden" for={id}>
        {placeholder}
      </label>
      <textarea
        id={id}
        ref={box}
        rows={1}
        value={text}
        placeholder={placeholder}
        maxLength={longest_question}
        disabled={disabled}
        enterkeyhint="send"
        aria-describedby={`${id}-hint`}
        onInput={(event) => on_text(event.currentTarget.value)}
        onKeyDown={on_key}
      />
      <span class="visually-hidden" id={`${id}-hint`}>
        {t("ask.input_hint")}
      </span>
      {on_stop ? (
        <button type="button" class="composer-go composer-stop" aria-label={t("ask.stop")} title={t("ask.stop")} onClick={on_stop}>
          <Icon name="stop" />
        </button>
      ) : (
        <button type="submit" class="composer-go" aria-label={t("ask.send")} title={t("ask.input_hint")} disabled={disabled || text.trim() === ""}>
          <Icon name="send" />
        </button>
      )}
    </form>
  );
}
