// Messages about alarms, followed while somebody looks at the Alarms page.
import { useEffect } from "preact/hooks";
import type { AlarmMessages } from "~/lib/alarm_types";
import { resource } from "~/lib/loadable";
import { read_messages } from "../api/rules";

const every_ms = 10_000;
const message_resource = resource<AlarmMessages>(read_messages);
export const messages = message_resource.state;
export const load_messages = message_resource.load;

/** `wanted`: whoever may not see them does not ask. */
export function useMessages(wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return undefined;
    void load_messages();
    const timer = setInterval(() => {
      if (!document.hidden) void load_messages();
    }, every_ms);
    return () => clearInterval(timer);
  }, [wanted]);
}
