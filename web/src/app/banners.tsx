// What concerns the whole screen: the server cannot be heard, or the machines cannot. The page
// keeps its data below.
import { useEffect, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Icon } from "~/components/icon";
import { now_ms, server_now } from "~/lib/clock";
import { clock_text, moment_text } from "~/lib/format";
import { lang, say, t } from "~/lib/i18n/translate";
import { connection, retry_now } from "~/lib/live/connection";
import { broker, deaf } from "~/lib/live/plant_store";

function LostConnection({ since_ms, retry_at_ms, retrying }: { since_ms: number; retry_at_ms: number; retrying: boolean }) {
  const [now, set_now] = useState(server_now());
  useEffect(() => {
    const timer = setInterval(() => set_now(server_now()), 250);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((retry_at_ms - now) / 1000));
  return (
    <div class="banner banner-red" data-banner="connection">
      <Icon name="unplugged" />
      <p class="banner-text">
        <span role="alert">
          <b>{t("connection.lost")}</b> {t("connection.keeps", { time: clock_text(since_ms, lang.value) })}
        </span>{" "}
        <span class="banner-countdown">{retrying || seconds === 0 ? t("connection.retrying") : t("connection.retry_in", { seconds })}</span>
      </p>
      <Button small onClick={retry_now} disabled={retrying}>
        {t("connection.retry_now")}
      </Button>
    </div>
  );
}

export function Banners() {
  const link = connection.value;
  const machines = broker.value;
  if (link.state === "lost") return <LostConnection {...link} />;
  if (machines && deaf.value) {
    return (
      <div class="banner banner-amber" role="alert" data-banner="broker">
        <Icon name="unplugged" />
        <p class="banner-text">
          <b>{t("broker.lost")}</b> {t("broker.lost_hint", { time: moment_text(machines.since_ms, now_ms.peek(), lang.value) })}
          {machines.problem && <span class="quiet"> {say(machines.problem)}</span>}
        </p>
      </div>
    );
  }
  return null;
}
