// What is done: steps, parts, skills, as the plant gives them.
import { number_text } from "~/lib/format";
import type { AcceptedWork, Work, WorkLatest } from "~/lib/health_types";
import { lang, say } from "~/lib/i18n/translate";
import { h } from "../state/words";
import { HealthTable } from "./health_table";
import { Calculation, given, money, when } from "./work_window";

export function WorkBody({ of }: { of: Work }) {
  return (
    <>
      <h3>{say(of.title)}</h3>
      {of.steps.length > 0 && (
        <ol class="health-steps">
          {of.steps.map((step) => (
            <li key={step.en}>{say(step)}</li>
          ))}
        </ol>
      )}
      {of.parts.length > 0 && (
        <HealthTable label={h("work_parts")} heads={[h("work_part"), h("work_number"), h("work_quantity"), h("work_stock"), h("work_price"), h("work_delivery")]}>
          {of.parts.map((part) => (
            <tr key={part.number}>
              <td>{say(part.name)}</td>
              <td>{part.number}</td>
              <td>{number_text(part.quantity, lang.value)}</td>
              <td>{given(part.in_stock)}</td>
              <td>{money(part.price, of.currency)}</td>
              <td>{given(part.delivery_days)}</td>
            </tr>
          ))}
        </HealthTable>
      )}
      <p>
        {`${h("work_skills")}: ${of.work.length > 0 ? of.work.map((each) => h("work_hours", { name: say(each.name), hours: number_text(each.hours, lang.value) })).join(" · ") : h("not_given")}`}
        {of.standstill_h !== null && ` · ${h("work_stands", { hours: number_text(of.standstill_h, lang.value) })}`}
      </p>
      {of.not_given.length > 0 && <p class="quiet">{h("not_given_list", { list: of.not_given.map(say).join(", ") })}</p>}
    </>
  );
}

/** The remaining-life model's date, what it rests on, and whether it is kept to. */
export function Latest({ of, until_ms }: { of: WorkLatest; until_ms?: number }) {
  const { before_ms, why } = of.life;
  const because = why ? say(why) : "";
  if (before_ms === null) {
    return until_ms === undefined || of.before_given || !why ? null : <p class="quiet">{h("work_no_date", { why: because, time: when(until_ms) })}</p>;
  }
  return (
    <div data-work-latest>
      <p class={of.by_life ? "" : "quiet"}>{h(of.by_life ? "work_latest" : "work_latest_not_kept", { time: when(before_ms), why: because })}</p>
      {of.late && <p>{say(of.late)}</p>}
    </div>
  );
}

export function Accepted({ of }: { of: AcceptedWork }) {
  return (
    <div data-accepted-work class="health-list">
      <p>
        {h("work_accepted", { who: of.by, time: when(of.at_ms), begins: when(of.order.window.from_ms) })}
        {of.note && `: ${of.note}`}
      </p>
      {of.order.life && <Latest of={of.order as WorkLatest} />}
      <WorkBody of={of.order} />
      <Calculation of={of.order.window} currency={of.order.currency} />
    </div>
  );
}
