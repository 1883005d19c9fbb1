// "Map all that were found": what would come of it, before it does.
import { useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Field, Tick } from "~/components/field";
import { Notice } from "~/components/notice";
import { unit_text } from "~/lib/format";
import { t } from "~/lib/i18n/translate";
import type { Setup } from "~/lib/setup_types";
import type { Draft, Row } from "../state/draft";
import { most_mapped, plan_all, rows_mapped, type NameRule } from "../state/map_all";

const shown_conflicts = 200;

export function MapAll({ draft, base, hits, on_rows }: { draft: Draft; base: Setup; hits: number[]; on_rows: (rows: Row[]) => void }) {
  const [open, set_open] = useState(false);
  const [rule, set_rule] = useState<NameRule>("last");
  const [pass, set_pass] = useState(false);
  const free = hits.filter((index) => !draft.rows[index]?.chosen);
  if (free.length < 2) return null;
  if (!open) {
    return (
      <Button small icon="plus" onClick={() => set_open(true)}>
        {t("setup.map_all", { n: free.length })}
      </Button>
    );
  }
  const plan = plan_all(base, draft, free, rule);
  const { conflicts } = plan;
  return (
    <div class="form form-sunken" role="group" aria-label={t("setup.map_title")}>
      <Field label={t("setup.map_rule")}>
        {(input) => (
          <select {...input} class="select" value={rule} onChange={(event) => set_rule(event.currentTarget.value as NameRule)}>
            <option value="last">{t("setup.map_last")}</option>
            <option value="path">{t("setup.map_path")}</option>
          </select>
        )}
      </Field>
      <p role="status">
        {t("setup.map_count", { n: plan.ids.size, machine: draft.machine || "…" })} {plan.units.map(([unit, n]) => `${unit === "" ? t("setup.map_no_unit") : unit_text(unit)}: ${n}`).join(", ")}
      </p>
      {plan.too_many && <Notice compact icon="warning" tone="amber" title={t("setup.map_most", { n: most_mapped })} />}
      {conflicts.length > 0 && (
        <>
          <Notice compact icon="warning" tone="amber" title={t("setup.map_conflicts", { n: conflicts.length })} />
          <ul class="setup-review">
            {conflicts.slice(0, shown_conflicts).map((each, index) => (
              <li key={index}>{each.id === "" ? t("setup.map_nameless", { label: each.label }) : t("setup.map_taken", { label: each.label, id: each.id, other: each.with })}</li>
            ))}
          </ul>
          {conflicts.length > shown_conflicts && <p class="quiet">{t("setup.map_more", { n: conflicts.length - shown_conflicts })}</p>}
          <Tick label={t("setup.map_pass")} checked={pass} on_change={set_pass} />
        </>
      )}
      <div class="form-actions">
        <Button
          kind="strong"
          icon="check"
          disabled={plan.ids.size === 0 || plan.too_many || (conflicts.length > 0 && !pass)}
          onClick={() => {
            on_rows(rows_mapped(draft.rows, plan));
            set_open(false);
          }}
        >
          {t("setup.map_do", { n: plan.ids.size })}
        </Button>
        <Button onClick={() => set_open(false)}>{t("people.cancel")}</Button>
      </div>
    </div>
  );
}
