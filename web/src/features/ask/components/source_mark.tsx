import { useState } from "preact/hooks";
import { aside, open_evidence } from "~/lib/aside";
import { t } from "~/lib/i18n/translate";
import { evidence_value, fact_text } from "../state/evidence_text";
import type { AskTurn } from "../state/turns";

const most_marks = 4;

/** The small numbers behind a sentence: each opens what carries it. A long row folds after three. */
export function SourceMarks({ turn, ids }: { turn: AskTurn; ids: readonly string[] }) {
  const [unfolded, set_unfolded] = useState(false);
  const shown = aside.value;
  const places = [...new Set(ids)]
    .map((id) => turn.evidence.findIndex((item) => item.id === id))
    .filter((at) => at >= 0)
    .sort((a, b) => a - b);
  const folded = !unfolded && places.length > most_marks;
  const hidden = places.length - most_marks + 1;
  return (
    <span class="source-marks">
      {(folded ? places.slice(0, most_marks - 1) : places).map((at) => {
        const item = turn.evidence[at];
        if (!item) return null;
        const label = t("ask.source_open", { n: at + 1, what: `${fact_text(item.fact)} ${evidence_value(item)}` });
        const open = shown.kind === "evidence" && shown.turn === turn.id && shown.evidence === item.id;
        return (
          <button type="button" key={item.id} class="source-mark" aria-label={label} title={label} aria-pressed={open} onClick={() => open_evidence(turn.id, item.id)}>
            {at + 1}
          </button>
        );
      })}
      {folded && (
        <button type="button" class="source-mark" aria-label={t("ask.sources_hidden", { n: hidden })} title={t("ask.sources_more", { n: places.length })} onClick={() => set_unfolded(true)}>
          {`+${hidden}`}
        </button>
      )}
    </span>
  );
}
