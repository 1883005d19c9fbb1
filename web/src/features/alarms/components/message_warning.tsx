// That people are not told: it stands above the alarms, as nobody looks for it elsewhere.
import { Notice } from "~/components/notice";
import { say, t } from "~/lib/i18n/translate";
import { link } from "~/lib/router";
import { messages } from "../state/messages";

export function MessageWarning() {
  const failing = messages.value.data?.channels.filter((channel) => channel.problem !== null) ?? [];
  const [first] = failing;
  if (!first) return null;
  return (
    <div role="status" data-message-warning>
      <Notice compact icon="warning" tone="amber" title={t("messages.fail_title", { who: failing.map((channel) => channel.name).join(", ") })} hint={say(first.problem)}>
        <a class="button button-plain" href={link("/alarms", { view: "messages" })}>
          {t("messages.fail_see")}
        </a>
      </Notice>
    </div>
  );
}
