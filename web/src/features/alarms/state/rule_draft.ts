// A rule while somebody writes it: numbers are what was typed, and a condition is a tree of parts, each of which
// knows the path by which the server names it.
import type { AlarmCondition, AlarmPriority, AlarmRule } from "~/lib/alarm_types";
import type { Text } from "~/lib/api_types";

export type Test = "above" | "below" | "is" | "bad";

export interface Compare {
  kind: "compare";
  key: number; // of this part for as long as it is edited
  not: boolean;
  tag: string;
  test: Test;
  limit: string;
  hysteresis: string;
  state: string;
}

export interface Group {
  kind: "group";
  key: number;
  not: boolean;
  join: "all" | "any";
  parts: Part[];
}

export type Part = Compare | Group;

export interface RuleDraft {
  id: string;
  name: Text;
  asset: string;
  priority: AlarmPriority;
  enabled: boolean;
  when: Group;
  unless: Group | null;
  delay_on_s: string;
  delay_off_s: string;
  latching: boolean;
  cause: Text;
  consequence: Text;
  response: Text;
  respond_within_min: string;
  revision: string;
}

let keys = 0;
const next_key = () => (keys += 1);
const none: Text = { en: "", zh: "" };

export const new_compare = (): Compare => ({ kind: "compare", key: next_key(), not: false, tag: "", test: "above", limit: "", hysteresis: "", state: "" });
export const new_group = (parts: Part[] = [new_compare()], join: Group["join"] = "all"): Group => ({ kind: "group", key: next_key(), not: false, join, parts });

export function new_draft(asset: string): RuleDraft {
  return {
    id: "", name: none, asset, priority: "medium", enabled: true, when: new_group(), unless: null, delay_on_s: "10", delay_off_s: "10", latching: false,
    cause: none, consequence: none, response: none, respond_within_min: "", revision: "",
  };
}

function part_of(condition: AlarmCondition): Part {
  if ("not" in condition) {
    const part = part_of(condition.not);
    return { ...part, not: !part.not };
  }
  if ("all" in condition) return new_group(condition.all.map(part_of), "all");
  if ("any" in condition) return new_group(condition.any.map(part_of), "any");
  const part = { ...new_compare(), tag: condition.tag };
  if ("is" in condition) return { ...part, test: "is", state: condition.is };
  if ("bad" in condition) return { ...part, test: "bad" };
  const limit = "above" in condition ? condition.above : condition.below;
  return { ...part, test: "above" in condition ? "above" : "below", limit: String(limit), hysteresis: condition.hysteresis ? String(condition.hysteresis) : "" };
}

/** The outermost part is a group, also of one. */
export function group_of_condition(condition: AlarmCondition): Group {
  const part = part_of(condition);
  return part.kind === "group" ? part : new_group([part]);
}

export function draft_of(rule: AlarmRule): RuleDraft {
  return {
    id: rule.id, name: rule.name, asset: rule.asset, priority: rule.priority, enabled: rule.enabled,
    when: group_of_condition(rule.when), unless: rule.unless ? group_of_condition(rule.unless) : null,
    delay_on_s: String(rule.delay_on_s), delay_off_s: String(rule.delay_off_s), latching: rule.latching,
    cause: rule.cause ?? none, consequence: rule.consequence ?? none, response: rule.response ?? none,
    respond_within_min: rule.respond_within_min ? String(rule.respond_within_min) : "", revision: rule.revision,
  };
}

/** What was typed; null where it is no number: the server says at which field. */
const number_of = (text: string) => (text.trim() === "" || !Number.isFinite(Number(text)) ? null : Number(text));

/** A group of one is that one, unless it is negated. */
const is_plain = (group: Group) => group.parts.length === 1 && !group.not;

export function condition_of(part: Part): unknown {
  if (part.kind === "group" && is_plain(part)) return condition_of(part.parts[0] as Part);
  const inner = part.kind === "group" ? { [part.join]: part.parts.map(condition_of) } : comparison_of(part);
  return part.not ? { not: inner } : inner;
}

function comparison_of({ tag, test, limit, hysteresis, state }: Compare): unknown {
  if (test === "is") return { tag, is: state };
  if (test === "bad") return { tag, bad: true };
  return { tag, [test]: number_of(limit), ...(hysteresis.trim() === "" ? {} : { hysteresis: number_of(hysteresis) }) };
}

/** Where the server finds what stands inside of a part at `path`. */
export const inner_path = (part: Part, path: string) => (part.not ? `${path}.not` : path);
export const part_path = (group: Group, path: string, index: number) => (is_plain(group) ? path : `${inner_path(group, path)}.${group.join}[${index}]`);

/** Each path of a part at which its editor shows a mistake. */
export function own_params(part: Part, path: string): string[] {
  const at = inner_path(part, path);
  const own = part.kind === "group" ? (is_plain(part) ? [] : [part.join]) : ["tag", part.test, "hysteresis", "bad"];
  return [...new Set([path, at, ...own.map((name) => `${at}.${name}`)])];
}

export function all_params(part: Part, path: string): string[] {
  const mine = own_params(part, path);
  return part.kind === "group" ? [...mine, ...part.parts.flatMap((each, index) => all_params(each, part_path(part, path, index)))] : mine;
}

const texts = ["cause", "consequence", "response"] as const;

/** As the server takes it. */
export function rule_of(draft: RuleDraft): Record<string, unknown> {
  const { id, name, asset, priority, enabled, latching, revision } = draft;
  return {
    id, name, asset, priority, enabled, latching, revision,
    when: condition_of(draft.when),
    ...(draft.unless ? { unless: condition_of(draft.unless) } : {}),
    delay_on_s: draft.delay_on_s.trim() === "" ? 0 : number_of(draft.delay_on_s),
    delay_off_s: draft.delay_off_s.trim() === "" ? 0 : number_of(draft.delay_off_s),
    ...Object.fromEntries(texts.filter((key) => draft[key].en !== "" || draft[key].zh !== "").map((key) => [key, draft[key]])),
    ...(draft.respond_within_min.trim() === "" ? {} : { respond_within_min: number_of(draft.respond_within_min) }),
  };
}

/** Where a mistake in a draft is shown at a field. */
export function draft_params(draft: RuleDraft): string[] {
  const fields = ["id", "name", "asset", "priority", "delay_on_s", "delay_off_s", ...texts, "respond_within_min"];
  return [...fields, ...all_params(draft.when, "when"), ...(draft.unless ? all_params(draft.unless, "unless") : [])];
}

function first_compare(part: Part): Compare {
  return part.kind === "compare" ? part : first_compare(part.parts[0] ?? new_compare());
}

/** An id that says what the rule looks at and that no other has. It begins with its machine: who sees a part of the plant may use no other. */
export function suggested_id(draft: RuleDraft, taken: ReadonlySet<string>): string {
  const { tag, test } = first_compare(draft.when);
  if (tag === "") return "";
  const looked_at = tag.replaceAll("/", ".");
  const base = `${looked_at.startsWith(`${draft.asset}.`) ? "" : `${draft.asset}.`}${looked_at}.${test}`.slice(0, 120);
  let id = base;
  for (let n = 2; taken.has(id); n += 1) id = `${base}-${n}`;
  return id;
}
