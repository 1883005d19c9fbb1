// Machines with one of each verdict, and two cases: one to decide, one that was decided.
const text = (en, zh) => ({ en, zh });
const none = text("", "");
const hour = 3_600_000;

function card(most_false) {
  const now = Date.now();
  const at = (hours) => now - hours * hour;
  return {
    version: 2, trained_by: "li", trained_ms: at(2), step_s: 5, split: "time_block", fit: { from_ms: at(28), to_ms: at(15) }, threshold_window: { from_ms: at(15), to_ms: at(7) },
    replay_window: { from_ms: at(7), to_ms: at(2) }, most_false, days: 1, threshold: 1.34, blocks: 46, block_s: 600, p_value: 0.021,
    replay: text("0 false alarms in 0.216 days of replayed normal running.", "在 0.216 天的正常数据回放中误报 0 次。"), flat_tags: [], unchecked_tags: [], rare_states: [],
  };
}

function machine(asset, verdict, index, more = {}) {
  const budget = { most_false: 4, spent: 0, open: 0, exceeded: false };
  return {
    asset, line: "line-1", verdict, state: "running", state_name: text("running", "运行"), index, score: index === null ? null : ((100 - index) / 50) * 1.34, contributions: [], sensor: "", sensor_fault: none,
    at_ms: Date.now(), open_case: 0, budget, card: card(4), ...more,
  };
}

function one_case(number, outcome, more = {}) {
  const opened_ms = Date.now() - number * hour;
  return {
    number, asset: "press-1", line: "line-1", opened_ms, window: { from_ms: opened_ms - 25_000, to_ms: opened_ms }, state: "running", state_name: text("running", "运行"), model_version: 2, score: 2.4, threshold: 1.34,
    simulated: true, kind: "temperature",
    evidence: [
      { tag: "press-1/oil_temperature", unit: "degC", value: 68.4, normal_low: 41.2, normal_high: 55.3, share: 0.81 },
      { tag: "press-1/hydraulic_pressure", unit: "bar", value: 171, normal_low: 164, normal_high: 196, share: 0.19 },
    ],
    outcome, note: "", decided_by: "", decided_ms: null, ...more,
  };
}

export class MockHealth {
  constructor() {
    this.cases = [one_case(2, "open"), one_case(1, "confirmed", { note: "fan was blocked", decided_by: "li", decided_ms: Date.now() })];
  }

  list(kind) {
    const machines = [
      machine("press-1", "alarm", 10, {
        open_case: 2, contributions: [{ tag: "press-1/hydraulic_pressure", share: 0.19 }, { tag: "press-1/oil_temperature", share: 0.81 }], budget: { most_false: 4, spent: 5, open: 1, exceeded: true },
      }),
      machine("cnc-2", "sensor_fault", null, { sensor: "cnc-2/spindle_temperature", sensor_fault: text("the sensor's value does not move: it is stuck or dead", "传感器数值不变：可能卡死或失效") }),
      machine("furnace-1", "never_seen", null),
      machine("cnc-1", "healthy", 87),
      machine("conveyor-1", "not_trained", null, { card: null }),
    ];
    return { machines: kind === "none" ? [] : machines.map((each) => ({ ...each, may_train: kind !== "view" })), simulated: true };
  }

  find(number, kind) {
    const one = this.cases.find((each) => each.number === number);
    if (!one) return null;
    const past = number === 2 ? { number: 1, asset: "press-1", similarity: 0.97, outcome: "confirmed", note: "fan was blocked" } : null;
    const steps = [text("Compare the reading with a hand-held thermometer", "用手持测温仪核对读数"), text("Check cooling", "检查冷却")];
    return { ...one, nearest: past, work_order: { title: text("Find where the heat comes from", "查找发热原因"), steps, parts: [], skills: [] }, may_decide: kind !== "view" };
  }

  decide(number, { outcome, note = "" }) {
    const one = this.cases.find((each) => each.number === number);
    if (!one || one.outcome !== "open") return false;
    Object.assign(one, { outcome, note, decided_by: "local", decided_ms: Date.now() });
    return true;
  }

  train() {
    return card(4);
  }
}
