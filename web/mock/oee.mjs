// GET /api/oee: the press has all that it takes, the milling machines tell no rejects, others have
// no description of their production.
import { spans } from "./signals.mjs";
import { state_names } from "./catalogue.mjs";

const times = { running: "production", idle: "unplanned_stop", setup: "setup", stopped: "planned_stop", fault: "unplanned_stop" };
const remark = (code, en, zh) => ({ code, text: { en, zh } });

export function oee_of(asset, from_ms, to_ms, scenario) {
  const described = asset.kind === "cnc" || asset.kind === "press";
  const held = new Map();
  const missing = scenario === "missing";
  for (const [start, end, state] of described && !missing ? spans(asset, from_ms, to_ms) : []) held.set(state, (held.get(state) ?? 0) + (end - start) / 1000);
  const states = [...held].filter(([state]) => times[state]).map(([state, duration_s]) => ({ state, name: state_names[state], time: times[state], duration_s, entries: 1 })).sort((a, b) => b.duration_s - a.duration_s);
  const sum = (time) => states.filter((each) => each.time === time).reduce((all, each) => all + each.duration_s, 0);
  const [production_s, setup_s, unplanned_s, planned_stop_s] = ["production", "setup", "unplanned_stop", "planned_stop"].map(sum);
  const busy_s = production_s + setup_s + unplanned_s;
  const cycle = asset.kind === "press" ? 5 : 40;
  const total = described && !missing ? Math.floor((production_s * 0.92) / cycle) : null;
  const reject = asset.kind === "press" && total !== null ? Math.floor(total / 60) : null;
  const availability = busy_s > 0 ? production_s / busy_s : null;
  const performance = total !== null && production_s > 0 ? (cycle * total) / production_s : null;
  const quality = total && reject !== null ? (total - reject) / total : null;
  const whole = availability !== null && performance !== null && quality !== null ? availability * performance * quality : null;
  const window_s = (to_ms - from_ms) / 1000;
  const remarks = [];
  if (!described) remarks.push(remark("no_states", "its description does not say which states are production", "描述中没有说明哪些状态算作生产"));
  else if (missing) remarks.push(remark("states_missing", "the state is known for too little of the scheduled time", "计划时间内已知状态的时间太少"));
  if (described && reject === null && !missing) remarks.push(remark("no_quality", "its description names no counter that tells good from rejected parts", "描述中没有区分合格品与废品的计数器"));
  return {
    asset: asset.id, simulated: true, from_ms, to_ms, oee: whole, availability, performance, quality, remarks,
    inputs: {
      window_s, has_shifts: true, scheduled_s: window_s, known_s: busy_s + planned_stop_s, busy_s, production_s, setup_s, unplanned_s, planned_stop_s,
      total, good: null, reject, ideal_cycle_s: described ? cycle : null, products: [], resets: 0, state_share: missing ? 0.31 : 0.998, counter_share: total === null ? null : 0.997,
      tags: { state: `${asset.id}/state`, total: described ? `${asset.id}/parts` : "", good: "", reject: asset.kind === "press" ? `${asset.id}/rejects` : "", product: "" },
    },
    states,
    speed_loss_s: performance === null ? null : Math.max(0, production_s - cycle * total),
    quality_loss_s: reject === null ? null : cycle * reject,
  };
}

const none = { product_name: null, line: "line-1", told_by: "", doubts: [], running: false };
/** GET /api/plant/batches: the press has three, the last of which runs; others have none. */
export function batches_of(asset, from_ms, to_ms, now_ms) {
  const at = (minutes) => Math.floor(now_ms / 60_000) * 60_000 - minutes * 60_000;
  const all = asset.kind !== "press" ? [] : [
    { ...none, batch: "B-1041", product: "A-100", product_name: { en: "bracket", zh: "支架" }, start_ms: at(190), end_ms: at(95), parts: 1012, good: 995, oee: 0.781, performance: 0.92 },
    { ...none, batch: "B-1042", product: "B-200", start_ms: at(95), end_ms: at(41), parts: null, good: null, oee: null, performance: null, told_by: "mes",
      doubts: [{ code: "signal_lost", text: { en: "for part of its time it was not known which batch ran", zh: "其间有一段时间批次未知" } }] },
    { ...none, batch: "B-1043", product: "A-100", start_ms: at(41), end_ms: null, running: true, parts: 431, good: 424, oee: 0.83, performance: 0.95 },
  ];
  const batches = all.map((each) => ({ ...each, asset: asset.id })).filter((each) => each.start_ms < to_ms && (each.end_ms ?? now_ms) > from_ms);
  return { simulated: true, from_ms, to_ms, batches, cut: false };
}
