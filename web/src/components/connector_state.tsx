// How a way in stands: icon and word, colour only where it does not work.
import type { Connector } from "~/lib/api_types";
import { t } from "~/lib/i18n/translate";
import { Icon, type IconName } from "./icon";
import "./state_pill.css";

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
export const skew_worth_telling_ms = 2_000;

/** From here on somebody should see to a new certificate. */
export const expiry_worth_telling_ms = 30 * 24 * 3_600_000;
