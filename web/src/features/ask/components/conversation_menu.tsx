import { now_ms } from "~/lib/clock";
import { moment_text } from "~/lib/format";
import { lang, t } from "~/lib/i18n/translate";
import { navigate } from "~/lib/router";
import { href } from "~/lib/url_state";
import { conversation_of, conversations, set_current, type Mode } from "../state/conversations";

/** Goes back to an earlier conversation of this browser. */
export function ConversationMenu({ mode }: { mode: Mode }) {
  const here = conversation_of(mode);
  const mine = conversations.value.filter((item) => item.mode === mode && item.turns.length > 0);
  if (mine.length === 0 || (mine.length === 1 && here)) return null;
  const open = (id: string) => {
    set_current(mode, id);
    navigate(href("/ask", { mode: mode === "chat" ? "chat" : null, c: id }));
  };
  return (
    <select class="select earlier" aria-label={t("ask.earlier")} value={here?.id ?? ""} onChange={(event) => open(event.currentTarget.value)}>
      {!here && <option value="">{t("ask.earlier")}</option>}
      {mine.map((item) => (
        <option key={item.id} value={item.id}>
          {`${moment_text(item.updated_ms, now_ms.peek(), lang.value)} · ${item.turns[0]?.question ?? ""}`}
        </option>
      ))}
    </select>
  );
}
