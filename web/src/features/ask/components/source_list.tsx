// The sources of an answer, one a line: what, of what, how much, how good.
import { useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Icon } from "~/components/icon";
import { SimulatedMark } from "~/components/simulated";
import { aside, open_evidence } from "~/lib/aside";
import { t } from "~/lib/i18n/translate";
import { evidence_subject, evidence_value, fact_text } from "../state/evidence_text";
import type { AskTurn } from "../state/turns";
import "./source_list.css";

const most_rows = 6;

export function SourceList({ turn }: { turn: AskTurn }) {
  const [unfolded, set_unfolded] = useState(false);
  const foldable = turn.evidence.length > most_rows + 1;
  const shown = aside.value;
  const subjects = new Set(turn.evidence.map(evidence_subject));
  const one_subject = subjects.size === 1 ? [...subjects][0] : undefined;
  const simulated = turn.evidence.some((item) => item.simulated);
  return (
    <section class="sources" aria-label={t("ask.sources")}>
      <h3>
        {t("ask.sources")}
        {one_subject && <span class="sources-subject">{one_subject}</span>}
        {simulated && <SimulatedMark />}
      </h3>
      <ol>
        {turn.evidence.map((item, index) => {
          const open = shown.kind === "evidence" && shown.turn === turn.id && shown.evidence === item.id;
          return (
            <li key={item.id} hidden={foldable && !unfolded && index >= most_rows}>
              <button type="button" class="source" aria-pressed={open} onClick={() => open_evidence(turn.id, item.id)}>
                <span class="source-number">{index + 1}</span>
                <span class="source-fact">
                  {fact_text(item.fact)} {!one_subject && <span class="quiet">{evidence_subject(item)}</span>}
                </span>
                {item.quality !== "good" && (
                  <span class={`quality quality-${item.quality}`}>
                    <Icon name={item.quality === "bad" ? "warning" : "question"} size={16} />
                    {t(`quality.${item.quality}`)}
                  </span>
                )}
                <span class="source-value">{evidence_value(item)}</span>
                <Icon name="next" size={16} />
              </button>
            </li>
          );
        })}
      </ol>
      {foldable && (
        <Button kind="quiet" small icon={unfolded ? "up" : "down"} aria-expanded={unfolded} onClick={() => set_unfolded(!unfolded)}>
          {unfolded ? t("ask.sources_fewer") : t("ask.sources_more", { n: turn.evidence.length })}
        </Button>
      )}
    </section>
  );
}
