// A role and what it may be used on: lines of the plant, labels of documents.
import { Field, problem_of, Tick } from "~/components/field";
import { role_names, type Grant, type RoleName } from "~/lib/admin_types";
import type { ApiError } from "~/lib/fetch";
import { say, t } from "~/lib/i18n/translate";
import { plant } from "~/lib/live/plant_store";
import "~/components/range_picker.css";

/** "line-1, line-2": what was typed, as names. */
export function names_of(text: string): string[] {
  return [...new Set(text.split(/[,，\s]+/).filter((name) => name !== ""))];
}

/** Lines that whoever administers can see, by id; others can be typed. */
function known_lines(): Map<string, string> {
  const lines = new Map<string, string>();
  for (const asset of plant.value.data?.assets ?? []) lines.set(asset.line, say(asset.line_name) || asset.line);
  return lines;
}

const all_lines = (grant: Grant) => grant.lines.includes("*");

/** What of a grant has a field, where a mistake can be shown. */
export function grant_params(grant: Grant): string[] {
  return ["role", "labels", "label", ...(all_lines(grant) ? [] : ["lines", "line"])];
}

export function GrantFields({ grant, on_change, problem }: { grant: Grant; on_change: (grant: Grant) => void; problem: ApiError | null }) {
  const known = known_lines();
  const all = all_lines(grant);
  const others = grant.lines.filter((line) => line !== "*" && !known.has(line));
  const toggle = (line: string, on: boolean) => on_change({ ...grant, lines: on ? [...grant.lines, line] : grant.lines.filter((each) => each !== line) });
  return (
    <>
      <Field label={t("people.role")} hint={t(`people.role_hint_${grant.role}`)} problem={problem_of(problem, "role")}>
        {(input) => (
          <select {...input} class="select" value={grant.role} onChange={(event) => on_change({ ...grant, role: event.currentTarget.value as RoleName })}>
            {role_names.map((role) => (
              <option key={role} value={role}>
                {t(`role.${role}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <fieldset>
        <legend>{t("people.lines")}</legend>
        <Tick label={t("people.all_lines")} checked={all} on_change={(on) => on_change({ ...grant, lines: on ? ["*"] : [] })} />
        {!all &&
          [...known].map(([line, name]) => (
            <Tick key={line} label={name === line ? line : `${name} (${line})`} checked={grant.lines.includes(line)} on_change={(on) => toggle(line, on)} />
          ))}
        {!all && (
          <Field label={t("people.other_lines")} hint={t("people.other_lines_hint")} problem={problem_of(problem, "lines", "line")}>
            {(input) => (
              <input
                {...input}
                class="text-input"
                defaultValue={others.join(", ")}
                autocapitalize="none"
                spellcheck={false}
                onChange={(event) => on_change({ ...grant, lines: [...grant.lines.filter((line) => known.has(line)), ...names_of(event.currentTarget.value)] })}
              />
            )}
          </Field>
        )}
      </fieldset>
      <Field label={t("people.labels")} hint={t("people.labels_hint")} problem={problem_of(problem, "labels", "label")}>
        {(input) => (
          <input
            {...input}
            class="text-input"
            defaultValue={grant.labels.join(", ")}
            autocapitalize="none"
            spellcheck={false}
            onChange={(event) => on_change({ ...grant, labels: names_of(event.currentTarget.value) })}
          />
        )}
      </Field>
    </>
  );
}
