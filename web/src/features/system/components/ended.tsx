import { Icon } from "~/components/icon";
import type { FinishedRequest } from "~/lib/api_types";
import { t } from "~/lib/i18n/translate";

/** How a request ended; only a failure is marked, with a sign beside the word. */
export function Ended({ request }: { request: FinishedRequest }) {
  const words = t(`request.ended_${request.finish}`);
  if (request.finish !== "error") return <span>{words}</span>;
  return (
    <span class="quality quality-bad">
      <Icon name="warning" size={16} />
      {words}
    </span>
  );
}
