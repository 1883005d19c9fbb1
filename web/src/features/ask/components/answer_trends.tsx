// The trend that shows what the sentences say: one per signal, out of the evidence itself.
import { Trend } from "~/components/trend/trend";
import { SimulatedMark } from "~/components/simulated";
import type { Evidence } from "~/lib/api_types";
import { open_evidence } from "~/lib/aside";
import { say, t } from "~/lib/i18n/translate";
import { find_tag } from "~/lib/live/plant_store";
import { typical_step_ms } from "~/lib/series_math";
import { evidence_subject } from "../state/evidence_text";
import type { AskTurn } from "../state/turns";
import "./answer_trends.css";

const most_beside = 2;

/** The first evidence with a series for each signal. */
export function evidence_with_series(list: readonly Evidence[]): Evidence[] {
  const seen = new Set<string>();
  return list.filter((item) => {
    if ((item.series ?? []).length < 2 || seen.has(item.tag)) return false;
    seen.add(item.tag);
    return true;
  });
}

export function EvidenceTrend({ evidence, now_ms, height }: { evidence: Evidence; now_ms: number; height: number }) {
  const found = find_tag(evidence.tag);
  const points = evidence.series;
  const step = typical_step_ms(points);
  const from_ms = points[0]?.[0] ?? 0;
  const to_ms = (points[points.length - 1]?.[0] ?? 0) + step;
  return (
    <Trend
      name={found ? say(found.tag.name) : evidence.tag}
      points={points}
      from_ms={from_ms}
      to_ms={to_ms}
      now_ms={now_ms}
      unit={found?.tag.unit ?? evidence.unit}
      decimals={found?.tag.decimals}
      low={found?.tag.low ?? null}
      high={found?.tag.high ?? null}
      window={evidence.window}
      height={height}
    />
  );
}

export function AnswerTrends({ turn }: { turn: AskTurn }) {
  const all = evidence_with_series(turn.evidence);
  const shown = all.slice(0, most_beside);
  return (
    <div class="answer-trends">
      {shown.map((item) => (
        <figure key={item.tag} class="answer-trend">
          <figcaption>
            <button type="button" class="answer-trend-name" onClick={() => open_evidence(turn.id, item.id)}>
              {evidence_subject(item)}
            </button>
            {item.simulated && <SimulatedMark />}
          </figcaption>
          <EvidenceTrend evidence={item} now_ms={turn.asked_at_ms} height={176} />
        </figure>
      ))}
      {all.length > shown.length && <p class="quiet">{t("ask.more_trends", { n: all.length - shown.length })}</p>}
    </div>
  );
}
