// How a way in stands, its clock and its certificate: icon and word, colour only where something is not well.
import type { ComponentChildren } from "preact";
import type { Connector } from "~/lib/api_types";
import { now_ms } from "~/lib/clock";
import { duration_text } from "~/lib/format";
import { lang, t } from "~/lib/i18n/translate";
import { Icon, type IconName } from "./icon";
import "./state_pill.css";
import "./value.css";

const icons: Record<Connector["state"], IconName> = {
  connecting: "retry",
  connected: "check_circle",
  silent: "clock",
  failed: "unplugged",
};
const pills: Record<Connector["state"], string> = {
  connecting: "state-idle",
  connected: "state-run",
  silent: "state-unknown",
  failed: "state-fault",
};

export function ConnectorState({ state }: { state: Connector["state"] }) {
  return (
    <span class={`state-pill ${pills[state]}`}>
      <Icon name={icons[state]} size={16} />
      {t(`connector.state_${state}`)}
    </span>
  );
}

/** A clock that is wrong by less than this is what networks and polling make of a right one. */
const skew_worth_telling_ms = 2_000;

/** From here on somebody should see to a new certificate. */
const expiry_worth_telling_ms = 30 * 24 * 3_600_000;

function Warning({ icon, children }: { icon: IconName; children: ComponentChildren }) {
  return (
    <span class="quality quality-uncertain">
      <Icon name={icon} size={16} />
      {children}
    </span>
  );
}

/** How far its clock is off; `well` where that is not worth telling. */
export function ClockSkew({ skew_ms, well = null }: { skew_ms: number | null; well?: string | null }) {
  if (skew_ms === null || Math.abs(skew_ms) < skew_worth_telling_ms) return <>{well}</>;
  const by = duration_text(Math.abs(skew_ms), lang.value);
  return <Warning icon="clock">{skew_ms > 0 ? t("connector.ahead", { by }) : t("connector.behind", { by })}</Warning>;
}

/** That its certificate ends soon, or has ended; `well` where that is not worth telling. */
export function CertificateEnd({ expires_ms, well = null }: { expires_ms: number | null; well?: string | null }) {
  const left_ms = expires_ms === null ? Infinity : expires_ms - now_ms.value;
  if (left_ms > expiry_worth_telling_ms) return <>{well}</>;
  const by = duration_text(Math.abs(left_ms), lang.value);
  return <Warning icon="warning">{left_ms > 0 ? t("connector.expires", { by }) : t("connector.expired", { by })}</Warning>;
}
