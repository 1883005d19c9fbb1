// A rule: what it is, when it comes, for how long, and what it means to whoever sees it.
import { useEffect, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Field, problem_of, Tick } from "~/components/field";
import { FormActions, FormProblem } from "~/components/form_parts";
import type { AlarmMessages, AlarmPriority, AlarmRule, EscalationStep } from "~/lib/alarm_types";
import type { Text } from "~/lib/api_types";
import type { ApiError } from "~/lib/fetch";
import { duration_text } from "~/lib/format";
import { useOrder } from "~/lib/hooks";
import { lang, say, t } from "~/lib/i18n/translate";
import { find_asset, plant } from "~/lib/live/plant_store";
import { preview_rule, put_rule, read_messages } from "../api/rules";
import { draft_of, draft_params, new_group, rule_of, suggested_id, type RuleDraft } from "../state/rule_draft";
import { GroupEditor } from "./condition_editor";
import { RemoveRule } from "./remove_rule";
import { RuleChanges } from "./rule_changes";
import { RulePreview } from "./rule_preview";

const priorities: readonly AlarmPriority[] = ["low", "medium", "high", "critical"];

function Escalation({ steps, line, priority }: { steps: EscalationStep[]; line: string; priority: AlarmPriority }) {
  const mine = steps.filter((step) => priorities.indexOf(priority) >= priorities.indexOf(step.priority) && (step.lines.includes("*") || step.lines.includes(line)));
  return (
    <section aria-label={t("rules.escalation")} data-escalation>
      <p>{t("rules.escalation")}</p>
      {mine.length === 0 ? (
        <p class="quiet">{t("rules.escalation_none")}</p>
      ) : (
        <ul>
          {mine.map((step) => (
            <li key={step.name}>{t("rules.escalation_step", { time: duration_text(step.after_ms, lang.value), who: step.channels.join(", ") })}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** A text in both languages; what is wrong with it stands at the first. */
function BothTexts({ label, value, on_change, problem }: { label: string; value: Text; on_change: (value: Text) => void; problem: string | null }) {
  return (
    <div class="rule-both">
      {(["en", "zh"] as const).map((language) => (
        <Field key={language} label={t(language === "en" ? "rules.in_en" : "rules.in_zh", { what: label })} problem={language === "en" ? problem : null}>
          {(input) => <textarea {...input} class="text-input" lang={language} rows={2} maxLength={2000} value={value[language]} onInput={(event) => on_change({ ...value, [language]: event.currentTarget.value })} />}
        </Field>
      ))}
    </div>
  );
}

interface RuleFormProps {
  draft: RuleDraft; // as it begins
  was: AlarmRule | null; // as it is stored; null: a new one
  taken: ReadonlySet<string>;
  saved: (rule: AlarmRule) => Promise<void>;
  removed: () => Promise<void>;
  cancel: () => void;
}

export function RuleForm({ draft: begun, was, taken, saved, removed, cancel }: RuleFormProps) {
  const [draft, set_draft] = useState(begun);
  const [own_id, set_own_id] = useState<string | null>(null); // null: the suggested one
  const [told, set_told] = useState<AlarmMessages | null>(null); // null: not known
  const saving = useOrder();
  const looking = useOrder();
  // A form has one answer at a time: that of what was asked last.
  const [asked, set_asked] = useState<"save" | "look">("save");
  const problem: ApiError | null = asked === "save" ? saving.problem : looking.problem;
  useEffect(() => void read_messages().then(set_told, () => undefined), []);

  const change = (changes: Partial<RuleDraft>) => set_draft((now) => ({ ...now, ...changes }));
  const id = was ? draft.id : (own_id ?? suggested_id(draft, taken));
  const rule = rule_of({ ...draft, id });
  const line = find_asset(draft.asset)?.line ?? "";
  const assets = plant.value.data?.assets ?? [];
  const fields = (param: string) => problem_of(problem, param);
  const number = (key: "delay_on_s" | "delay_off_s" | "respond_within_min", label: string, hint?: string) => (
    <Field label={label} problem={fields(key)} {...(hint ? { hint } : {})}>
      {(input) => <input {...input} class="text-input rule-number" type="number" step="any" min="0" inputMode="decimal" value={draft[key]} onInput={(event) => change({ [key]: event.currentTarget.value })} />}
    </Field>
  );
  return (
    <>
      <div class="rule-form-head">
        <h2>{was ? t("alarms.rule_of", { name: say(was.name) || was.id }) : t("rules.add")}</h2>
        <Button kind="quiet" icon="back" onClick={cancel}>
          {t("rules.back")}
        </Button>
      </div>
      <form
        class="form panel rule-form"
        aria-label={t(was ? "rules.save" : "rules.create")}
        onSubmit={(event) => {
          event.preventDefault();
          set_asked("save");
          void saving.run(async () => saved(await put_rule(rule)));
        }}
      >
        <fieldset class="form">
          <legend>{t("rules.what")}</legend>
          <div class="rule-both">
            <Field label={t("rules.name_en")} problem={fields("name")}>
              {(input) => <input {...input} class="text-input" lang="en" value={draft.name.en} required={draft.name.zh === ""} maxLength={200} onInput={(event) => change({ name: { ...draft.name, en: event.currentTarget.value } })} />}
            </Field>
            <Field label={t("rules.name_zh")}>
              {(input) => <input {...input} class="text-input" lang="zh" value={draft.name.zh} maxLength={200} onInput={(event) => change({ name: { ...draft.name, zh: event.currentTarget.value } })} />}
            </Field>
            <Field label={t("rules.asset")} problem={fields("asset")}>
              {(input) => (
                <select {...input} class="select" value={draft.asset} onChange={(event) => change({ asset: event.currentTarget.value })}>
                  {assets.map((asset) => (
                    <option key={asset.id} value={asset.id}>
                      {say(asset.name)}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            <Field label={t("rules.priority")} hint={t("rules.priority_hint")} problem={fields("priority")}>
              {(input) => (
                <select {...input} class="select" value={draft.priority} onChange={(event) => change({ priority: event.currentTarget.value as AlarmPriority })}>
                  {priorities.map((priority) => (
                    <option key={priority} value={priority}>
                      {t(`alarm_priority.${priority}`)}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          </div>
          <Tick label={t("rules.enabled")} checked={draft.enabled} on_change={(enabled) => change({ enabled })} />
        </fieldset>
        <fieldset class="form">
          <legend>{t("rules.when")}</legend>
          <GroupEditor part={draft.when} path="when" asset={draft.asset} problem={problem} fresh={null} on_change={(when) => change({ when })} />
        </fieldset>
        <fieldset class="form">
          <legend>{t("rules.unless")}</legend>
          <p class="quiet">{t("rules.unless_hint")}</p>
          {draft.unless ? (
            <>
              <GroupEditor part={draft.unless} path="unless" asset={draft.asset} problem={problem} fresh={null} on_change={(unless) => change({ unless })} />
              <div class="form-actions">
                <Button kind="quiet" icon="close" onClick={() => change({ unless: null })}>
                  {t("rules.unless_remove")}
                </Button>
              </div>
            </>
          ) : (
            <div class="form-actions">
              <Button icon="plus" onClick={() => change({ unless: new_group() })}>
                {t("rules.unless_add")}
              </Button>
            </div>
          )}
        </fieldset>
        <fieldset class="form">
          <legend>{t("rules.delays")}</legend>
          <div class="rule-both">
            {number("delay_on_s", t("rules.delay_on"))}
            {number("delay_off_s", t("rules.delay_off"))}
          </div>
          <Tick label={t("rules.latching")} checked={draft.latching} on_change={(latching) => change({ latching })} />
          <RulePreview
            rule={JSON.stringify({ ...rule, revision: "" })}
            busy={looking.busy}
            ask={(take) => {
              set_asked("look");
              void looking.run(async (newest) => {
                const found = await preview_rule(rule);
                if (newest()) take(found);
              });
            }}
          />
        </fieldset>
        <fieldset class="form">
          <legend>{t("rules.meaning")}</legend>
          {(["cause", "consequence", "response"] as const).map((key) => (
            <BothTexts key={key} label={t(`alarms.${key}`)} value={draft[key]} problem={fields(key)} on_change={(value) => change({ [key]: value })} />
          ))}
          {number("respond_within_min", t("rules.respond"), t("rules.respond_hint"))}
          {told && <Escalation steps={told.steps} line={line} priority={draft.priority} />}
        </fieldset>
        {!was && (
          <Field label={t("rules.id")} hint={t("rules.id_hint")} problem={fields("id")}>
            {(input) => <input {...input} class="text-input mono" value={id} required maxLength={128} autocapitalize="none" autocomplete="off" spellcheck={false} onInput={(event) => set_own_id(event.currentTarget.value.trim())} />}
          </Field>
        )}
        {was && <RuleChanges was={rule_of(draft_of(was))} becomes={rule} />}
        <FormProblem problem={problem} at_fields={draft_params(draft)} />
        <FormActions go={t(was ? "rules.save" : "rules.create")} busy={saving.busy} cancel={cancel} />
      </form>
      {was && <RemoveRule id={was.id} name={say(was.name) || was.id} removed={removed} />}
    </>
  );
}
