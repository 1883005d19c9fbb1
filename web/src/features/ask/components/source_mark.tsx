import { aside, open_evidence } from "~/lib/aside";
import { t } from "~/lib/i18n/translate";
import { evidence_value, fact_text } from "../state/evidence_text";
import type { AskTurn } from "../state/turns";

/** The small numbers behind a sentence: each opens what carries it. */
export function SourceMarks({ turn, ids }: { turn: AskTurn; ids: readonly string[] }) {
  const shown = aside.value;
  return (
    <span class="source-marks">
      {ids.map((id) => {
        const at = turn.evidence.findIndex((item) => item.id === id);
        const item = turn.evidence[at];
        if (!item) return null;
        const label = t("ask.source_open", { n: at + 1, what: `${fact_text(item.fact)} ${evidence_value(item)}` });
        const open = shown.kind === "evidence" && shown.turn === turn.id && shown.evidence === id;
        return (
          <button type="button" key={id} class="source-mark" aria-label={label} title={label} aria-pressed={open} onClick={() => open_evidence(turn.id, id)}>
            {at + 1}
          </button>
        );
      })}
    </span>
  );
}
