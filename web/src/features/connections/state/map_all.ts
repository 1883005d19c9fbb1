// Taking all values that a search finds at once: what each would be called, and what stands against it.
import type { Setup } from "~/lib/setup_types";
import { broker_name, find_tag, id_of, type Draft, type Row } from "./draft";

export type NameRule = "last" | "path";
/** Of one connection. A plant has at most 100,000 tags, a saved setup at most 4 MiB: some 20,000 values. */
export const most_mapped = 5_000;

export interface Conflict {
  label: string;
  id: string; // empty: nothing of its name is left
  with: string; // what has the identifier already; empty: nothing has
}
export interface MapPlan {
  ids: Map<number, string>; // row -> identifier
  conflicts: Conflict[];
  units: [string, number][]; // "" are those without
  too_many: boolean;
}

const id_by = (row: Row, rule: NameRule) => (rule === "last" ? row.tag : id_of(row.label));

/** Tags of the plant that other connections bring. */
function taken_by_others(setup: Setup, draft: Draft): Map<string, string> {
  const taken = new Map<string, string>();
  const brokers = setup.broker ? [{ ...setup.broker, name: broker_name }] : [];
  for (const { name, ...lists } of [...setup.connectors, ...brokers] as { name: string; [more: string]: unknown }[]) {
    if (name === draft.original) continue;
    for (const list of Object.values(lists)) {
      if (!Array.isArray(list)) continue;
      for (const each of list) if (each && typeof each.tag === "string") taken.set(each.tag, name);
    }
  }
  return taken;
}

/** The first of two with one name has it; nothing of this is done yet. */
export function plan_all(setup: Setup, draft: Draft, hits: readonly number[], rule: NameRule): MapPlan {
  const plan: MapPlan = { ids: new Map(), conflicts: [], units: [], too_many: false };
  const others = taken_by_others(setup, draft);
  const held = new Map(draft.rows.filter((each) => each.chosen).map((each) => [`${each.asset || draft.machine}/${each.tag}`, each.label]));
  const units = new Map<string, number>();
  for (const index of hits) {
    const row = draft.rows[index];
    if (!row || row.chosen) continue;
    const id = id_by(row, rule);
    const tag = `${draft.machine}/${id}`;
    const had = find_tag(setup, tag).entry?.unit; // of its kind, or of before
    const holder = held.get(tag) ?? others.get(tag) ?? (had && row.unit && had !== row.unit ? `${tag} (${had})` : undefined);
    if (id === "" || holder !== undefined) {
      plan.conflicts.push({ label: row.label, id, with: holder ?? "" });
      continue;
    }
    held.set(tag, row.label);
    plan.ids.set(index, id);
    if (!row.state) units.set(row.unit, (units.get(row.unit) ?? 0) + 1);
  }
  plan.units = [...units].sort(([a], [b]) => Number(a === "") - Number(b === "") || a.localeCompare(b));
  plan.too_many = plan.ids.size + draft.rows.filter((each) => each.chosen).length > most_mapped;
  return plan;
}

export function rows_mapped(rows: Row[], plan: MapPlan): Row[] {
  return rows.map((row, index) => {
    const tag = plan.ids.get(index);
    return tag === undefined ? row : { ...row, chosen: true, tag };
  });
}
