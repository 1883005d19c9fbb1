import { Trend } from "~/components/trend/trend";
import type { SeriesPoint, SystemStatus } from "~/lib/api_types";
import { server_now } from "~/lib/clock";
import { t } from "~/lib/i18n/translate";

const span_ms = 300_000;

interface HistoryTrendProps {
  history: SystemStatus["history"];
  pick: (entry: SystemStatus["history"][number]) => number;
  name: string;
  unit: string;
  decimals: number;
}

/** The last five minutes of one of the server's own figures. */
export function HistoryTrend({ history, pick, name, unit, decimals }: HistoryTrendProps) {
  const points = history.map((entry): SeriesPoint => [entry.t_ms, pick(entry), pick(entry), pick(entry)]);
  const end_ms = Math.max(history[history.length - 1]?.t_ms ?? 0, server_now() - 10_000);
  if (points.length < 2) return <p class="quiet">{t("system.no_history")}</p>;
  return (
    <Trend
      name={name}
      points={points}
      from_ms={end_ms - span_ms}
      to_ms={end_ms}
      now_ms={end_ms}
      unit={unit}
      decimals={decimals}
      low={null}
      high={null}
      window={null}
      height={148}
      sync="system"
    />
  );
}
