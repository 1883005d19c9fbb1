// Values and states of the mock's plant at any time, as functions of time alone.
import { areas, assets, cells, line_names, state_names } from "./catalogue.mjs";
import { smooth } from "./random.mjs";

const started_ms = Date.now();
const minute = 60_000;

export const all_tags = assets.flatMap((asset) => [
  ...asset.tags.map((tag) => ({ ...tag, asset, full: `${asset.id}/${tag.id}` })),
  { id: "state", name: { en: "state", zh: "状态" }, unit: "", decimals: 0, kind: "state", key: false, low: null, high: null, asset, full: `${asset.id}/state` },
]);

/** The press's oil was measured in degF until two days ago, for three days. */
export const earlier = [{ tag: "press-1/oil_temperature", id: "press-1/oil", unit: "degF", from_ms: started_ms - 5 * 1440 * minute, to_ms: started_ms - 2 * 1440 * minute }];

export function find_tag(full) {
  const history = earlier.find(({ id }) => id === full);
  const tag = all_tags.find((each) => each.full === (history?.tag ?? full));
  return history ? { ...tag, full, unit: history.unit, goes_on_as: history.tag, history } : tag;
}

/** The state that held at a time, and since when. */
export function state_at(asset, t_ms) {
  const cycle = asset.plan.reduce((sum, [minutes]) => sum + minutes, 0) * minute;
  const last = asset.plan[asset.plan.length - 1][0] * minute;
  // The last row began `into` minutes before the start of the mock.
  const origin = started_ms - asset.into * minute - (cycle - last);
  let within = (((t_ms - origin) % cycle) + cycle) % cycle;
  for (const [minutes, state] of asset.plan) {
    if (within < minutes * minute) return { state, since_ms: t_ms - within };
    within -= minutes * minute;
  }
  throw new Error("the plan does not cover its cycle");
}

export function spans(asset, from_ms, to_ms) {
  const found = [];
  for (let at = to_ms; at > from_ms; ) {
    const { state, since_ms } = state_at(asset, at - 1);
    found.unshift([Math.max(Math.round(since_ms), from_ms), at, state]);
    at = Math.round(since_ms);
  }
  return found;
}

/** How warm a machine is: its share of running over the last ten minutes. */
function warmth(asset, t_ms) {
  let share = 0;
  for (let back = 0; back < 10; back += 1) {
    if (state_at(asset, t_ms - back * minute).state === "running") share += 0.1;
  }
  return share;
}

const slow = /temperature|oil/;

export function value_at(tag, t_ms) {
  const { asset, full } = tag;
  if (tag.kind === "counter") {
    // Counts since midnight of the server's zone.
    const midnight = new Date(t_ms).setHours(0, 0, 0, 0);
    return Math.floor(((t_ms - midnight) / minute) * tag.per_minute * 0.82);
  }
  const running = slow.test(tag.id) ? warmth(asset, t_ms) : state_at(asset, t_ms).state === "running" ? 1 : 0;
  const wander = 0.55 * smooth(full, t_ms, 14 * minute) + 0.3 * smooth(`${full}/b`, t_ms, 3 * minute) + 0.15 * smooth(`${full}/c`, t_ms, 7_000);
  const level = tag.rest + (tag.run - tag.rest) * running;
  const value = level + tag.spread * wander * (0.15 + 0.85 * running);
  if (tag.history) return value * 1.8 + 32;
  return tag.rest >= 0 ? Math.max(0, value) : value;
}

/** Stretches without usable samples, in minutes before the start: [from, to, quality]. */
const outages = {
  "cnc-2/spindle_vibration": [[27, 21]],
  "conveyor-1/motor_current": [[2.5, -1e9]], // fell silent and stays so
  "cnc-1/coolant_pressure": [[190, 140]],
};

export function usable(full, t_ms) {
  const before = (started_ms - t_ms) / minute;
  return !(outages[full] ?? []).some(([from, to]) => before <= from && before > to);
}

export function latest(tag, now_ms, broker) {
  const cut = broker.connected ? now_ms : Math.min(now_ms, broker.since_ms);
  let ts_ms = Math.floor(cut / 1000) * 1000;
  if (!usable(tag.full, ts_ms)) ts_ms = started_ms - outages[tag.full][0][0] * minute;
  const silent = now_ms - ts_ms > 10_000;
  const quality = silent ? "bad" : tag.full === "furnace-1/oxygen" ? "uncertain" : "good";
  const reasons = {
    bad: { en: "no sample for more than 10 s", zh: "超过10秒没有采样" },
    uncertain: { en: "sensor asks for calibration", zh: "传感器需要校准" },
  };
  const state = tag.kind === "state";
  return {
    value: state ? null : value_at(tag, ts_ms),
    text: state ? state_at(tag.asset, ts_ms).state : "",
    ts_ms,
    quality,
    reason: reasons[quality] ?? null,
  };
}

export function series(tag, from_ms, to_ms, count) {
  const points = [];
  const step = Math.max((to_ms - from_ms) / count, 1000);
  let good = 0;
  for (let at = from_ms; at < to_ms; at += step) {
    if (!usable(tag.full, at) || (tag.history && at > tag.history.to_ms)) {
      points.push([Math.round(at), null, null, null]);
      continue;
    }
    good += 1;
    const inside = [0, 0.2, 0.4, 0.6, 0.8].map((part) => value_at(tag, at + part * step));
    const mean = inside.reduce((sum, value) => sum + value, 0) / inside.length;
    points.push([Math.round(at), mean, Math.min(...inside), Math.max(...inside)]);
  }
  return { points, bucket_ms: Math.round(step), good_share: points.length === 0 ? 0 : good / points.length };
}

function outside(tag, value) {
  if (tag.high !== null && value > tag.high) return ["above", "高于", tag.high];
  if (tag.low !== null && value < tag.low) return ["below", "低于", tag.low];
  return null;
}

/** What is not as it should be about an asset. */
export function abnormal(asset, now_ms, broker) {
  const found = [];
  for (const tag of all_tags.filter((candidate) => candidate.asset === asset && candidate.kind === "number")) {
    const now = latest(tag, now_ms, broker);
    const over = state_at(asset, now_ms).state === "running" ? outside(tag, now.value) : null;
    if (now.quality === "bad") {
      found.push({ tag: tag.full, reason: { en: `${tag.name.en}: ${now.reason.en}`, zh: `${tag.name.zh}：${now.reason.zh}` } });
    } else if (over) {
      const unit = tag.unit === "degC" ? "°C" : tag.unit;
      const shown = `${now.value.toFixed(tag.decimals)} ${unit}`;
      found.push({
        tag: tag.full,
        reason: {
          en: `${tag.name.en} ${shown}, ${over[0]} the normal ${over[2]} ${unit}`,
          zh: `${tag.name.zh} ${shown}，${over[1]}正常值 ${over[2]} ${unit}`,
        },
      });
    }
  }
  return found;
}

const cell_of = (asset) => cells.find((cell) => cell.assets.includes(asset.id))?.id ?? "";
const area_of = (line) => (line === "line-1" ? "hall-a" : "");
const path_of = (asset) => ["demo", area_of(asset.line), asset.line, cell_of(asset), asset.id].filter(Boolean).join("/");

export function plant_now(now_ms, broker) {
  return {
    simulated: true,
    site: "demo",
    site_name: { en: "demo plant", zh: "示范工厂" },
    enterprise: null,
    areas,
    lines: Object.entries(line_names).map(([id, name]) => ({ id, name, area: area_of(id) })),
    cells: cells.map(({ id, name, line }) => ({ id, name, line })),
    shifts: [{ id: "early", name: { en: "early shift", zh: "早班" }, lines: [] }],
    now_ms,
    broker,
    assets: assets.map((asset) => {
      const { state, since_ms } = state_at(asset, now_ms);
      const known = broker.connected ? state : "";
      return {
        id: asset.id, name: asset.name, kind: asset.kind, kind_name: asset.kind_name, line: asset.line, line_name: line_names[asset.line],
        path: path_of(asset), cell: cell_of(asset), components: [],
        state: known,
        state_name: known === "" ? { en: "", zh: "" } : state_names[known],
        state_since_ms: Math.round(broker.connected ? since_ms : broker.since_ms),
        states: Object.entries(state_names).map(([id, name]) => ({ id, name })),
        abnormal: abnormal(asset, now_ms, broker),
        tags: all_tags.filter((tag) => tag.asset === asset).map((tag) => ({
          id: tag.full, name: tag.name, unit: tag.unit, low: tag.low, high: tag.high, key: tag.key, kind: tag.kind, component: "",
          decimals: tag.decimals, latest: latest(tag, now_ms, broker),
          ...(earlier.some((each) => each.tag === tag.full) ? { earlier: earlier.filter((each) => each.tag === tag.full).map(({ id, unit }) => ({ id, unit })) } : {}),
        })),
      };
    }),
  };
}
