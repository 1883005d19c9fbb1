// All rules: found by a part of what they are called or look at, with how each stands; and one of them to be changed.
import { useEffect, useState } from "preact/hooks";
import { Button } from "~/components/button";
import { Icon } from "~/components/icon";
import { ErrorNotice, Notice, Skeleton } from "~/components/notice";
import type { AlarmRule, AlarmRuleList } from "~/lib/alarm_types";
import { number_text } from "~/lib/format";
import { useOrder } from "~/lib/hooks";
import { lang, say, t } from "~/lib/i18n/translate";
import { alarms, load_alarms } from "~/lib/live/alarm_store";
import { find_asset, plant } from "~/lib/live/plant_store";
import { may } from "~/lib/rights";
import { link, query, set_query } from "~/lib/router";
import { session } from "~/lib/session";
import { list_rules } from "../api/rules";
import { condition_text } from "../state/condition_text";
import { draft_of, new_draft } from "../state/rule_draft";
import { RemoveRule } from "./remove_rule";
import { RuleForm } from "./rule_form";
import "~/components/field.css";
import "~/components/range_picker.css";
import "./rules.css";

const page_size = 60;

/** As it stands now; events bring those that are not normal. */
function State({ rule }: { rule: AlarmRule }) {
  const alarm = alarms.value.data?.alarms.find((each) => each.id === rule.id);
  if (!rule.enabled) {
    return (
      <span class="chip">
        <Icon name="off" size={16} />
        {t("rules.off")}
      </span>
    );
  }
  return <span class="chip">{t(`alarm_state.${alarm?.state ?? "normal"}`)}</span>;
}

function Row({ rule, may_engineer }: { rule: AlarmRule; may_engineer: boolean }) {
  const name = say(rule.name) || rule.id;
  const mine = may_engineer && may(session.value?.who?.grants, "engineer", find_asset(rule.asset)?.line ?? "");
  return (
    <li class="rule-row" data-rule={rule.id}>
      <div class="rule-row-text">
        <p class="rule-row-name">{name}</p>
        <p class="quiet">{condition_text(rule.when, rule.asset)}</p>
      </div>
      <span class="rule-row-facts">
        <span>{t(`alarm_priority.${rule.priority}`)}</span>
        <State rule={rule} />
        {mine && (
          <a class="button button-plain" href={link("/alarms", { view: "rules", rule: rule.id })} aria-label={t("rules.edit_named", { name })}>
            {t("rules.edit")}
          </a>
        )}
      </span>
    </li>
  );
}

function words_of(rule: AlarmRule): string {
  const asset = find_asset(rule.asset);
  return [rule.id, rule.name.en, rule.name.zh, rule.asset, asset?.name.en, asset?.name.zh, JSON.stringify(rule.when)].join(" ").toLowerCase();
}

function List({ rules, may_engineer }: { rules: AlarmRule[]; may_engineer: boolean }) {
  const [shown, set_shown] = useState(page_size);
  const wanted = query.value;
  const words = (wanted.q ?? "").toLowerCase().split(/\s+/).filter((word) => word !== "");
  const fits = rules.filter((rule) => (!wanted.machine || rule.asset === wanted.machine) && words.every((word) => words_of(rule).includes(word)));
  const count = (n: number) => number_text(n, lang.value, 0);
  useEffect(() => set_shown(page_size), [wanted.q, wanted.machine]);
  return (
    <>
      <form class="rules-filters" role="search" onSubmit={(event) => event.preventDefault()}>
        <input class="text-input" type="search" aria-label={t("rules.search")} placeholder={t("rules.search")} value={wanted.q ?? ""} autocapitalize="none" spellcheck={false} onInput={(event) => set_query({ q: event.currentTarget.value || null }, "replace")} />
        <select class="select" aria-label={t("rules.asset")} value={wanted.machine ?? ""} onChange={(event) => set_query({ machine: event.currentTarget.value || null }, "replace")}>
          <option value="">{t("tags.all_machines")}</option>
          {(plant.value.data?.assets ?? []).map((asset) => (
            <option key={asset.id} value={asset.id}>
              {say(asset.name)}
            </option>
          ))}
        </select>
      </form>
      <p class="quiet" role="status">
        {t("rules.shown", { shown: count(fits.length), n: count(rules.length) })}
      </p>
      {fits.length === 0 ? (
        <Notice icon="bell" title={t("rules.none")} hint={t("rules.none_hint")} />
      ) : (
        <ul class="panel rule-list">
          {fits.slice(0, shown).map((rule) => (
            <Row key={rule.id} rule={rule} may_engineer={may_engineer} />
          ))}
        </ul>
      )}
      {fits.length > shown && (
        <div class="form-actions">
          <Button onClick={() => set_shown(shown + page_size)}>{t("rules.more")}</Button>
        </div>
      )}
    </>
  );
}

/** Nobody is warned by these, so they are told of first. */
function LeftOut({ left_out, may_engineer, changed }: { left_out: AlarmRuleList["left_out"]; may_engineer: boolean; changed: () => Promise<void> }) {
  if (left_out.length === 0) return null;
  return (
    <section class="panel" aria-label={t("rules.left_out", { n: left_out.length })} data-left-out>
      <Notice compact icon="warning" tone="amber" title={t("rules.left_out", { n: left_out.length })} />
      <ul class="rule-list">
        {left_out.map((each) => (
          <li key={each.id} class="rule-row">
            <div class="rule-row-text">
              <p class="mono">{each.id}</p>
              <p class="quiet">{say(each.problem)}</p>
            </div>
            {may_engineer && <RemoveRule id={each.id} name={each.id} removed={changed} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

export function RulesView() {
  const [list, set_list] = useState<AlarmRuleList | null>(null);
  const [told, set_told] = useState("");
  const { problem, run } = useOrder();
  const load = () =>
    run(async (newest) => {
      const got = await list_rules();
      if (newest()) set_list(got);
    });
  const wanted = query.value;
  const adding = wanted.add === "1";
  const editing = wanted.rule ?? "";
  // Also whatever somebody else changed since: a form begins with what is stored.
  useEffect(() => void load(), [editing, adding]);
  const may_engineer = alarms.value.data?.may_engineer ?? false;
  const first_asset = plant.value.data?.assets[0]?.id;
  const leave = () => set_query({ rule: null, add: null });
  const done = async (words: string) => {
    set_told(words);
    leave();
    await Promise.all([load(), load_alarms()]);
  };
  // Gone from the list in the same moment in which that is said, not when the server has been asked again.
  const removed = (rule: AlarmRule) => {
    set_list((before) => before && { ...before, rules: before.rules.filter((each) => each.id !== rule.id) });
    return done(t("rules.removed", { name: say(rule.name) }));
  };

  if (problem && !list) return <ErrorNotice error={problem} retry={() => void load()} />;
  // Who may not change rules is not shown a form, and that comes with the alarms.
  const roles_known = alarms.value.data !== null || alarms.value.error !== null;
  if (!list || !plant.value.data || !roles_known) return <Skeleton shapes={5} height="row" />;
  const rules = [...list.rules].sort((a, b) => (a.asset === b.asset ? (a.id < b.id ? -1 : 1) : a.asset < b.asset ? -1 : 1));
  const was = rules.find((rule) => rule.id === editing) ?? null;
  if (may_engineer && (adding || was) && first_asset !== undefined) {
    return (
      <RuleForm
        key={was ? `${was.id} ${was.revision}` : ""}
        was={was}
        draft={was ? draft_of(was) : new_draft(wanted.machine ?? first_asset)}
        taken={new Set(rules.map((rule) => rule.id))}
        saved={(rule) => done(t("rules.saved", { name: say(rule.name) }))}
        removed={async () => {
          if (was) await removed(was);
        }}
        cancel={leave}
      />
    );
  }
  return (
    <>
      <p role="status" class={told === "" ? "visually-hidden" : "rules-told"}>
        {told !== "" && <Icon name="check" size={16} />} {told}
      </p>
      {editing !== "" && !was && <Notice compact icon="question" title={t("rules.gone")} hint={t("rules.gone_hint")} />}
      {may_engineer ? (
        <div class="form-actions">
          <a class="button button-strong" href={link("/alarms", { view: "rules", add: "1", machine: wanted.machine ?? null })}>
            {t("rules.add")}
          </a>
        </div>
      ) : (
        <p class="quiet">
          <Icon name="info" size={16} /> {t("rules.may_not")}
        </p>
      )}
      <LeftOut left_out={list.left_out} may_engineer={may_engineer} changed={load} />
      {problem && <ErrorNotice compact error={problem} />}
      {rules.length === 0 ? <Notice icon="bell" title={t("rules.no_rules")} hint={t("rules.no_rules_hint")} /> : <List rules={rules} may_engineer={may_engineer} />}
    </>
  );
}
