// What a version would have done over all that is stored: past cases, and alarms beside them.
import { now_ms } from "~/lib/clock";
import { duration_text, moment_text, number_text } from "~/lib/format";
import type { HealthReplay } from "~/lib/health_types";
import { lang, say } from "~/lib/i18n/translate";
import { link } from "~/lib/router";
import { h } from "../state/words";
import { HealthTable } from "./health_table";

const time = (ms: number) => moment_text(ms, now_ms.value, lang.value);

function Cases({ of }: { of: HealthReplay }) {
  return (
    <HealthTable label={h("past")} heads={[h("past_case"), h("outcome"), h("past_answer")]}>
      {of.cases.map((each) => (
        <tr key={each.number} data-replayed={each.number} data-answer={each.answer}>
          <td>
            <a href={link("/maintenance", { case: String(each.number) })}>{h("open_case", { number: each.number })}</a>
          </td>
          <td>{h(each.outcome)}</td>
          <td class={each.answer === "missed" ? "health-over" : ""}>
            {h(each.answer)}
            {each.answer === "raised" && Math.abs(each.lead_s) >= 1 && `, ${h(each.lead_s > 0 ? "lead" : "lag", { time: duration_text(1000 * Math.abs(each.lead_s), lang.value) })}`}
            {each.from_recording && ` (${h("by_recording")})`}
          </td>
        </tr>
      ))}
    </HealthTable>
  );
}

export function PastReplay({ of }: { of: HealthReplay }) {
  const some = of.beside_count > of.beside.length ? ` (${h("beside_some", { n: of.beside.length })})` : "";
  return (
    <div class="health-list" data-replay={of.version}>
      <h3>{h("past")}</h3>
      <p class="quiet">{h("past_made", { from: time(of.window.from_ms), to: time(of.window.to_ms), days: number_text(of.judged_days, lang.value, 1), time: time(of.made_ms), who: of.made_by })}</p>
      <p class={of.score.kept ? "" : "health-over"}>{say(of.text)}</p>
      {of.cases.length > 0 && <Cases of={of} />}
      {of.beside_count === 0 && <p>{h("no_beside")}</p>}
      {of.beside_count > 0 && (
        <details>
          <summary>{h("beside", { n: of.beside_count }) + some}</summary>
          <ul class="health-limits">
            {of.beside.map((each) => (
              <li key={each.from_ms}>{`${time(each.from_ms)}, ${duration_text(Math.max(1000, each.to_ms - each.from_ms), lang.value)}, ${number_text(each.score, lang.value, 2)}`}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
