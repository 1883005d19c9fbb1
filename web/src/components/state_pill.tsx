// The state of a machine: icon and word always, colour only when it is not as it should be.
import type { Text } from "~/lib/api_types";
import { say, t } from "~/lib/i18n/translate";
import { state_class } from "~/lib/state_class";
import { Icon, type IconName } from "./icon";
import "./state_pill.css";

const icons: Record<ReturnType<typeof state_class>, IconName> = {
  run: "play",
  idle: "pause",
  work: "wrench",
  off: "off",
  fault: "alarm",
  unknown: "question",
};

export function StatePill({ state, name }: { state: string; name: Text }) {
  const kind = state_class(state);
  return (
    <span class={`state-pill state-${kind}`}>
      <Icon name={icons[kind]} size={16} />
      {kind === "unknown" ? t("state.unknown") : say(name) || state}
    </span>
  );
}
