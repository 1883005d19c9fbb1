// What must hold: comparisons of signals, joined by AND and OR, in groups. What the server finds wrong is said at the
// part that it names.
import { useRef, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Field, problem_of, Tick } from "~/components/field";
import { Icon } from "~/components/icon";
import { Segmented } from "~/components/segmented";
import type { Tag } from "~/lib/api_types";
import type { ApiError } from "~/lib/fetch";
import { unit_text } from "~/lib/format";
import { say, t } from "~/lib/i18n/translate";
import { find_tag } from "~/lib/live/plant_store";
import { inner_path, new_compare, new_group, part_path, type Compare, type Group, type Part, type Test } from "../state/rule_draft";
import { TagPicker } from "./tag_picker";

interface PartProps<P extends Part> {
  part: P;
  path: string; // by which the server names it
  asset: string;
  problem: ApiError | null;
  fresh: number | null; // the part that was just added: it takes the focus
  on_change: (part: P) => void;
}

const deepest = 3; // groups within groups; the server takes more, nobody reads more

/** What is wrong with a part as a whole. */
function PartProblem({ problem, paths }: { problem: ApiError | null; paths: string[] }) {
  const text = problem_of(problem, ...paths);
  if (text === null) return null;
  return (
    <p class="field-problem" role="alert">
      <Icon name="warning" size={16} />
      {text}
    </p>
  );
}

function NumberField({ label, value, on_input, problem, unit, required }: { label: string; value: string; on_input: (text: string) => void; problem: string | null; unit: string; required: boolean }) {
  return (
    <Field label={unit === "" ? label : `${label} (${unit_text(unit)})`} problem={problem}>
      {(input) => <input {...input} class="text-input rule-number" type="number" step="any" inputMode="decimal" value={value} required={required} onInput={(event) => on_input(event.currentTarget.value)} />}
    </Field>
  );
}

function CompareEditor({ part, path, asset, problem, fresh, on_change }: PartProps<Compare>) {
  const found = find_tag(part.tag);
  const is_state = found?.tag.kind === "state";
  const tests: Test[] = is_state ? ["is", "bad"] : ["above", "below", "bad"];
  const unit = found?.tag.unit ?? "";
  const at = inner_path(part, path);
  const states = found?.asset.states ?? [];
  const choose = (tag: Tag) => {
    const state = tag.kind === "state";
    const fits = part.test === "bad" || (part.test === "is") === state;
    on_change({ ...part, tag: tag.id, ...(fits ? {} : { test: state ? "is" : "above" }), state: state && find_tag(tag.id)?.asset.id === found?.asset.id ? part.state : "" });
  };
  return (
    <>
      <TagPicker value={part.tag} asset={asset} focus={fresh === part.key} on_choose={choose} problem={problem_of(problem, `${at}.tag`)} />
      <Field label={t("rules.test")} problem={problem_of(problem, `${at}.bad`)}>
        {(input) => (
          <select {...input} class="select" value={part.test} onChange={(event) => on_change({ ...part, test: event.currentTarget.value as Test })}>
            {tests.map((test) => (
              <option key={test} value={test}>
                {t(`rules.${test}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {(part.test === "above" || part.test === "below") && (
        <>
          <NumberField label={t("rules.limit")} unit={unit} required value={part.limit} on_input={(limit) => on_change({ ...part, limit })} problem={problem_of(problem, `${at}.${part.test}`)} />
          <NumberField label={t("rules.hysteresis")} unit={unit} required={false} value={part.hysteresis} on_input={(hysteresis) => on_change({ ...part, hysteresis })} problem={problem_of(problem, `${at}.hysteresis`)} />
        </>
      )}
      {part.test === "is" && (
        <Field label={t("rules.state")} problem={problem_of(problem, `${at}.is`)}>
          {(input) => (
            <select {...input} class="select" value={part.state} required onChange={(event) => on_change({ ...part, state: event.currentTarget.value })}>
              <option value="" />
              {states.map((state) => (
                <option key={state.id} value={state.id}>
                  {say(state.name)}
                </option>
              ))}
              {part.state !== "" && !states.some((state) => state.id === part.state) && <option value={part.state}>{part.state}</option>}
            </select>
          )}
        </Field>
      )}
      <PartProblem problem={problem} paths={[path, at]} />
    </>
  );
}

export function GroupEditor({ part, path, asset, problem, fresh: from_above, on_change, depth = 1 }: PartProps<Group> & { depth?: number }) {
  const [added, set_added] = useState<number | null>(null);
  const actions = useRef<HTMLDivElement>(null);
  const fresh = added ?? from_above;
  const at = inner_path(part, path);
  const several = part.parts.length > 1;
  const set_part = (index: number, next: Part) => on_change({ ...part, parts: part.parts.map((each, i) => (i === index ? next : each)) });
  const add = (next: Part) => {
    set_added(next.kind === "group" ? (next.parts[0]?.key ?? null) : next.key);
    on_change({ ...part, parts: [...part.parts, next] });
  };
  const remove = (index: number) => {
    on_change({ ...part, parts: part.parts.filter((_, i) => i !== index) });
    actions.current?.querySelector("button")?.focus(); // what had it is gone
  };
  return (
    <div class="rule-group" data-group={path}>
      {(several || part.not) && (
        <div class="rule-join">
          <Segmented<Group["join"]>
            label={t("rules.join")}
            value={part.join}
            options={[
              { value: "all", label: t("rules.all") },
              { value: "any", label: t("rules.any") },
            ]}
            on_choose={(join) => on_change({ ...part, join })}
          />
          <Tick label={t("rules.not_group")} checked={part.not} on_change={(not) => on_change({ ...part, not })} />
        </div>
      )}
      {part.parts.map((each, index) => {
        const where = part_path(part, path, index);
        const label = t("rules.part", { n: index + 1 });
        return (
          <div key={each.key} class="rule-part" role="group" aria-label={label} data-part={where}>
            <div class="rule-part-head">
              {several && <span class="quiet">{label}</span>}
              {each.kind === "compare" && <Tick label={t("rules.not")} checked={each.not} on_change={(not) => set_part(index, { ...each, not })} />}
              {several && (
                <Button small kind="quiet" icon="close" aria-label={t("rules.remove_part", { n: index + 1 })} onClick={() => remove(index)}>
                  {t("rules.remove_short")}
                </Button>
              )}
            </div>
            {each.kind === "compare" ? (
              <div class="rule-compare">
                <CompareEditor part={each} path={where} asset={asset} problem={problem} fresh={fresh} on_change={(next) => set_part(index, next)} />
              </div>
            ) : (
              <GroupEditor part={each} path={where} asset={asset} problem={problem} fresh={fresh} depth={depth + 1} on_change={(next) => set_part(index, next)} />
            )}
          </div>
        );
      })}
      {several || part.not || part.parts.length === 0 ? <PartProblem problem={problem} paths={[path, at, `${at}.${part.join}`]} /> : null}
      <div class="form-actions" ref={actions}>
        <Button small icon="plus" onClick={() => add(new_compare())}>
          {t("rules.add_compare")}
        </Button>
        {depth < deepest && (
          <Button small icon="plus" onClick={() => add(new_group([new_compare()], part.join === "all" ? "any" : "all"))}>
            {t("rules.add_group")}
          </Button>
        )}
      </div>
    </div>
  );
}
