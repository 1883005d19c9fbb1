// What one window costs, line by line, so that anybody can add it up.
import { day_text, minute_text, number_text } from "~/lib/format";
import type { CostLine, Given, WorkWindow } from "~/lib/health_types";
import { lang, say } from "~/lib/i18n/translate";
import { h } from "../state/words";
import { HealthTable } from "./health_table";

/** Always with its day: a window is chosen for days to come. */
export const when = (ms: number) => `${day_text(ms, lang.value)} ${minute_text(ms, lang.value)}`;
export const given = (value: Given, decimals?: number) => (value === null ? h("not_given") : number_text(value, lang.value, decimals));

export function money(value: Given, currency: string): string {
  return value === null ? h("not_given") : `${number_text(value, lang.value, 2)} ${currency}`.trim();
}

/** Never a sum alone where something is missing of it. */
export function cost_of(window: WorkWindow, currency: string): string {
  const known = money(window.known, currency);
  return window.complete ? known : h("work_from", { amount: known });
}

export function kind_of(window: WorkWindow): string {
  return h(window.kind, { name: window.name ? say(window.name) : "" });
}

function stretch(line: CostLine): string {
  return line.from_ms === null || line.to_ms === null ? "" : ` (${when(line.from_ms)} – ${when(line.to_ms)})`;
}

export function Calculation({ of, currency }: { of: WorkWindow; currency: string }) {
  const label = h("work_sum", { time: when(of.from_ms) });
  return (
    <div data-calculation>
      <h3>{label}</h3>
      <HealthTable label={label} heads={[h("work_item"), h("work_quantity"), h("work_rate"), h("work_amount")]}>
        {of.lines.map((line) => (
          <tr key={`${line.kind} ${line.id} ${line.from_ms}`}>
            <td>{say(line.what) + stretch(line)}</td>
            <td>{`${number_text(line.quantity, lang.value)}${line.kind === "part" ? "" : " h"}`}</td>
            <td>{money(line.rate, currency)}</td>
            <td>{money(line.amount, currency)}</td>
          </tr>
        ))}
        <tr>
          <th scope="row">{h("work_total")}</th>
          <td />
          <td />
          <td>{cost_of(of, currency)}</td>
        </tr>
      </HealthTable>
    </div>
  );
}
