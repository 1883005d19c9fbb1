// How often a rule would have come up: asked for, as the server reads a week of each signal for it.
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Notice } from "~/components/notice";
import type { AlarmRulePreview } from "~/lib/alarm_types";
import { now_ms } from "~/lib/clock";
import { duration_text, moment_text, window_text } from "~/lib/format";
import { lang, t } from "~/lib/i18n/translate";

const often_a_day = 1;
const day_ms = 24 * 3_600_000;

function Found({ found }: { found: AlarmRulePreview }) {
  const { from_ms, to_ms, raised, resolution_ms, newest } = found;
  if (from_ms === null || to_ms === null) return <p>{t("rules.preview_empty")}</p>;
  const from = moment_text(from_ms, now_ms.value, lang.value);
  const often = raised > Math.max(1, ((to_ms - from_ms) / day_ms) * often_a_day);
  return (
    <>
      <p>{raised === 0 ? t("rules.preview_never", { from }) : t("rules.preview_found", { from, n: raised, standing: duration_text(found.standing_ms, lang.value) })}</p>
      {newest.length > 0 && (
        <>
          <p class="quiet">{t("rules.preview_newest")}</p>
          <ul>
            {newest.map((each) => (
              <li key={each.from_ms}>{window_text(each.from_ms, each.to_ms, now_ms.value, lang.value)}</li>
            ))}
          </ul>
        </>
      )}
      {resolution_ms > 0 && <p class="quiet">{t("rules.preview_rough", { by: duration_text(resolution_ms, lang.value) })}</p>}
      {often && <Notice compact icon="warning" tone="amber" title={t("rules.preview_often")} />}
    </>
  );
}

/** `rule`: as text, so that what was found for another one is not shown. */
export function RulePreview({ rule, busy, ask }: { rule: string; busy: boolean; ask: (take: (found: AlarmRulePreview) => void) => void }) {
  const [found, set_found] = useState<AlarmRulePreview | null>(null);
  const now = useRef(rule);
  now.current = rule;
  useEffect(() => set_found(null), [rule]);
  return (
    <div class="rule-preview">
      <Button
        icon="history"
        disabled={busy}
        onClick={() => {
          const asked = rule;
          set_found(null);
          ask((answer) => {
            if (now.current === asked) set_found(answer);
          });
        }}
      >
        {t("rules.preview")}
      </Button>
      <div role="status">{busy ? <p>{t("people.busy")}</p> : found && <Found found={found} />}</div>
    </div>
  );
}
