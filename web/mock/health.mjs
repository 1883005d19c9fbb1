// Machines with one of each verdict, and two cases: one to decide, one that was decided.
const text = (en, zh) => ({ en, zh });
const none = text("", "");
const hour = 3_600_000;

function card(most_false) {
  const now = Date.now();
  const at = (hours) => now - hours * hour;
  return {
    version: 2, trained_by: "li", trained_ms: at(2), step_s: 5, split: "time_block", fit: { from_ms: at(28), to_ms: at(15) }, threshold_window: { from_ms: at(15), to_ms: at(7) },
    replay_window: { from_ms: at(7), to_ms: at(2) }, left_out: [], most_false, days: 1, threshold: 1.34, blocks: 46, block_s: 600, p_value: 0.021,
    replay_score: { alarms: 0, days: 0.216, rate: 0, rate_low: 0, rate_high: 13.9, kept: true }, simulated: true,
    replay: text("0 false alarms in 0.216 days of replayed normal running.", "在 0.216 天的正常数据回放中误报 0 次。"), flat_tags: [], unchecked_tags: [], rare_states: [],
  };
}

function machine(asset, verdict, index, more = {}) {
  const budget = { most_false: 4, spent: 0, open: 0, exceeded: false };
  return {
    asset, line: "line-1", verdict, state: "running", state_name: text("running", "运行"), index, score: index === null ? null : ((100 - index) / 50) * 1.34, contributions: [], sensor: "", sensor_fault: none,
    at_ms: Date.now(), open_case: 0, budget, shadow: null, card: card(4), ...more,
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
    also: number === 2 ? [{ tag: "press-1/motor_current", unit: "A", value: 52.1, normal_low: 30, normal_high: 44, share: 0.31, since_ms: opened_ms + 1_800_000 }] : [],
    outcome, note: "", decided_by: "", decided_ms: null, ...more,
  };
}

const to = (value) => Math.round(value * 100) / 100;

/** No model follows it; and one that says that it lasts for 26 hours. */
const no_date = { before_ms: null, certainty: null, held_share: null, model: "", row_ms: null, why: text("no model follows the remaining life of this machine", "该设备尚未启用剩余寿命预测") };
const dated = () => ({
  before_ms: Math.ceil(Date.now() / 900_000) * 900_000 + 26 * hour, certainty: 0.9, held_share: 0.912, model: "pumps", row_ms: Date.now() - hour,
  why: text("the model 'pumps' says with 90 % certainty that it does not fail before, if it goes on being run as in the last week", "模型“pumps”以 90 % 的把握判断：若照最近一周的方式继续运行，此前不会失效"),
});

/** The windows of a repair of 3 h: now, and in a planned stop; the price of one part is not given. */
function work_order(mode, wanted_ms, life = no_date, by_life = true) {
  const kept = by_life && !wanted_ms && life.before_ms !== null;
  const before_ms = wanted_ms || (kept ? life.before_ms : 0);
  const bearing = mode !== "cooling";
  const quarter = Math.ceil(Date.now() / 900_000) * 900_000;
  const window = (kind, name, from_ms, per_hour, check) => {
    const to_ms = from_ms + 3 * hour;
    const line = (kind, id, what, quantity, rate) => ({ kind, id, what, from_ms: kind === "part" ? null : from_ms, to_ms: kind === "part" ? null : to_ms, quantity, rate, amount: rate === null ? null : to(quantity * rate) });
    const lines = [line("standstill", "", text("standstill", "停机"), 3, per_hour), line("labour", "mechanic", text("mechanic", "机修工"), 6, 60)];
    if (bearing) lines.push(line("part", "6205-2RS", text("bearing", "轴承"), 2, 18.5), line("part", "RS-25", text("shaft seal", "轴封"), 1, null));
    return { kind, name, from_ms, to_ms, lines, known: to(lines.reduce((sum, each) => sum + (each.amount ?? 0), 0)), complete: !bearing, compared: true, shut: null, check };
  };
  const windows = [window("at_once", null, quarter, 1000, "1111111111111111"), window("planned_stop", text("cleaning", "清洁"), quarter + 20 * hour, 0, "2222222222222222"), window("shift", text("early shift", "早班"), quarter + 30 * hour, 1000, "3333333333333333")];
  const in_time = before_ms > 0 ? windows.filter((each) => each.to_ms <= before_ms) : windows;
  return {
    mode: bearing ? "bearing" : "cooling",
    modes: [{ id: "bearing", name: text("bearing wear", "轴承磨损"), fit: 0.87 }, { id: "cooling", name: text("blocked cooling", "冷却堵塞"), fit: 0.61 }],
    title: bearing ? text("bearing wear", "轴承磨损") : text("blocked cooling", "冷却堵塞"),
    steps: [text("Compare the reading with a hand-held thermometer", "用手持测温仪核对读数"), text("Check cooling", "检查冷却")],
    parts: bearing
      ? [
          { number: "6205-2RS", name: text("bearing", "轴承"), quantity: 2, in_stock: 4, price: 18.5, delivery_days: null },
          { number: "RS-25", name: text("shaft seal", "轴封"), quantity: 1, in_stock: 0, price: null, delivery_days: null },
        ]
      : [],
    work: [{ skill: "mechanic", name: text("mechanic", "机修工"), hours: 6 }], standstill_h: 3, currency: "EUR",
    not_given: bearing ? [text("price of part RS-25", "备件 RS-25 的价格")] : [text("parts", "备件")],
    ahead: { from_ms: quarter, to_ms: before_ms || quarter + 14 * 24 * hour }, before_given: wanted_ms > 0, by_life: kept, life, late: null, windows: in_time,
    proposed: in_time.length === 0 ? null : in_time.reduce((best, each, i) => (each.known < in_time[best].known ? i : best), 0),
  };
}

export class MockHealth {
  constructor() {
    this.before = 0;
    this.schedule = null;
    this.job = { state: "none", version: 0, by: "", started_ms: null, ended_ms: null, rows_done: 0, rows: 0, rows_per_s: null, left_s: null, problem: null };
    this.accepted = new Map();
    this.versions = [
      { version: 2, stage: "shadow", who: "li", at_ms: Date.now() - 2 * hour, would_alarms: 1, card: card(4), replay: null, shut: [text("it was not replayed over the past yet: replay it first", "尚未用历史数据回放：请先回放")] },
      { version: 1, stage: "live", who: "li", at_ms: Date.now() - 700 * hour, would_alarms: 0, card: { ...card(4), version: 1 }, replay: null, shut: [] },
    ];
    this.cases = [one_case(2, "open"), one_case(1, "confirmed", { note: "fan was blocked", decided_by: "li", decided_ms: Date.now() })];
  }

  model(asset, kind) {
    return { asset, line: "line-1", versions: this.versions, before: this.before, replay_job: this.job, may_decide: kind !== "view" };
  }

  cards(kind) {
    if (kind === "none") return [];
    const score = (metric, split, value, low = null, high = null) => ({ metric, split, value, low, high, n: metric === "rmse" ? 20631 : 10000, seeds: 1 });
    const data = { file: "train_FD001.txt", sha256: "5e".repeat(32), lines: [], rows: 20631, assets: 100, columns: 24, failures: 100 };
    return [
      {
        name: "ai4i", problem: null, kind: "failure", trained_at: "2026-11-28T09:00:00Z", ...data, file: "ai4i2020.csv", lines: ["line-1"], rows: 10000, assets: 0, failures: 339,
        findings: [{ finding: "failure_flag", handling: "refused", column: "HDF", count: 115, text: text("is only set where something failed: name it in --modes", "仅在发生故障时置位：请用 --modes 指明") }],
        scores: [score("f1", "random", 0.962, 0.941, 0.978), score("f1", "group_wise", 0.948, 0.903, 0.969), score("roc_auc", "random", 0.991, 0.986, 0.995), score("roc_auc", "group_wise", 0.984, null, null)],
        splits_refused: [{ split: "time_block", why: text("its rows are in no order of time", "数据行没有时间顺序") }, { split: "asset_wise", why: text("its rows are of no named assets, or of a single one", "数据行未指明设备，或只属于一台设备") }],
        limits: text("Rows of the same columns and units.", "仅适用于相同列和单位的数据行。"),
      },
      { name: "broken", problem: text("card.json: 'scores' is not as it was written", "card.json：“scores”已损坏") },
      {
        name: "fd001", problem: null, kind: "remaining_life", trained_at: "2026-11-27T09:00:00Z", ...data, findings: [],
        scores: [score("rmse", "random", 9.81, 9.4, 10.3), score("rmse", "asset_wise", 13.4, 11.9, 15.2), score("interval_coverage", "asset_wise", 0.903)],
        splits_refused: [{ split: "time_block", why: text("leakage: what is known of a row is taken from its asset's whole history", "泄漏：每行的特征取自该设备的全部历史") }, { split: "group_wise", why: text("it is run in one way only", "只有一种工况") }],
        limits: text("Nothing beyond 125 is claimed.", "不预测超过 125 的寿命。"),
      },
    ];
  }

  told_schedule(asset, kind) {
    return { asset, zone: "Europe/Berlin", may_set: kind !== "view", schedule: this.schedule };
  }

  set_schedule(order) {
    const now = Date.now();
    const last = this.schedule?.last ?? { result: "never", version: 0, at_ms: null, why: none };
    this.schedule = { every_days: 7, at: "02:00", history_days: 30, most_false: 1, days: 30, promote: false, ...order, by: "local", set_ms: now, next_ms: now + 9 * hour, last };
  }

  refuse_schedule() {
    this.set_schedule({});
    this.schedule.last = { result: "refused", version: 0, at_ms: Date.now() - 20 * hour, why: text("not enough evidence: the window has 311 rows, 600 are the least: name a longer one", "依据不足：该时段只有 311 行数据，至少需要 600 行，请选择更长的时段") };
  }

  start_replay(version) {
    this.job = { ...this.job, state: "running", version, by: "local", started_ms: Date.now(), ended_ms: null, rows: 288_000, rows_done: 0 };
    return this.job;
  }

  /** A third further with each look, unless it is slow; `kind` says how it ends. */
  look_at_replay(kind) {
    if (this.job.state !== "running") return this.job;
    const rows_done = kind === "replay_slow" ? 96_000 : this.job.rows_done + 96_000;
    this.job = { ...this.job, rows_done, rows_per_s: 48_000, left_s: (this.job.rows - rows_done) / 48_000 };
    if (rows_done < this.job.rows) return this.job;
    if (kind !== "replay_lost") this.replay(this.job.version);
    return this.end_replay(kind === "replay_lost" ? "interrupted" : "done");
  }

  end_replay(state) {
    if (this.job.state !== "running") return null;
    this.job = { ...this.job, state, ended_ms: state === "interrupted" ? null : Date.now(), rows_per_s: null, left_s: null };
    return this.job;
  }

  replay(version) {
    const one = this.versions.find((each) => each.version === version);
    const now = Date.now();
    const score = { alarms: 3, days: 12.5, rate: 0.24, rate_low: 0.07, rate_high: 0.62, kept: true };
    one.replay = {
      version, made_by: "local", made_ms: now, window: { from_ms: now - 400 * hour, to_ms: now }, judged_days: 14.2, score,
      text: text("3 false alarms in 12.5 days of replayed normal running: 0.24 in 1 days (90 % interval 0.07 - 0.62), promised 4.", "在 12.5 天的正常数据回放中误报 3 次：折合每 1 天 0.24 次（90% 区间 0.07 - 0.62），约定 4 次。"),
      cases: [
        { number: 1, outcome: "confirmed", opened_ms: now - hour, answer: "raised", lead_s: 300, from_recording: false },
        { number: 2, outcome: "open", opened_ms: now - 2 * hour, answer: "missed", lead_s: 0, from_recording: true },
      ],
      beside: [{ from_ms: now - 90 * hour, to_ms: now - 89.5 * hour, score: 1.9 }, { from_ms: now - 50 * hour, to_ms: now - 49.9 * hour, score: 1.5 }], beside_count: 2,
    };
    one.shut = [];
  }

  decide_version(version, decision) {
    const one = this.versions.find((each) => each.version === version);
    const live = this.versions.find((each) => each.stage === "live");
    if (decision === "rollback") {
      this.versions.find((each) => each.version === this.before).stage = "live";
      one.stage = "rolled_back";
      this.before = 0;
    this.job = { state: "none", version: 0, by: "", started_ms: null, ended_ms: null, rows_done: 0, rows: 0, rows_per_s: null, left_s: null, problem: null };
      return true;
    }
    if (!one || one.stage !== "shadow") return false;
    if (decision === "promote") {
      live.stage = "earlier";
      this.before = live.version;
    }
    one.stage = decision === "promote" ? "live" : "rejected";
    return true;
  }

  list(kind) {
    const machines = [
      machine("press-1", "alarm", 10, {
        open_case: 2, contributions: [{ tag: "press-1/hydraulic_pressure", share: 0.19 }, { tag: "press-1/oil_temperature", share: 0.81 }], budget: { most_false: 4, spent: 5, open: 1, exceeded: true },
      }),
      machine("cnc-2", "sensor_fault", null, { sensor: "cnc-2/spindle_temperature", sensor_fault: text("the sensor's value does not move: it is stuck or dead", "传感器数值不变：可能卡死或失效") }),
      machine("furnace-1", "never_seen", null),
      machine("cnc-1", "healthy", 87, { shadow: { version: 2, verdict: "healthy", index: 90, since_ms: Date.now() - 2 * hour, would_alarms: 1 } }),
      machine("conveyor-1", "not_trained", null, { card: null }),
    ];
    return { machines: kind === "none" ? [] : machines.map((each) => ({ ...each, may_train: kind !== "view" })), simulated: true };
  }

  find(number, kind) {
    const one = this.cases.find((each) => each.number === number);
    if (!one) return null;
    const past = number === 2 ? { number: 1, asset: "press-1", similarity: 0.97, outcome: "confirmed", note: "fan was blocked", work: text("blocked cooling", "冷却堵塞") } : null;
    const may = kind !== "view";
    return { ...one, nearest: past, work_order: work_order("", 0, kind === "dated" ? dated() : no_date), accepted_work: this.accepted.get(number) ?? null, recorded: number === 2, may_decide: may, may_accept: may };
  }

  work(number, mode, before_ms, by_life, kind) {
    return this.cases.some((each) => each.number === number) ? work_order(mode, before_ms, kind === "dated" ? dated() : no_date, by_life) : null;
  }

  accept(number, { mode, before_ms = 0, by_life, start_ms, check, note = "" }, kind) {
    const { windows, modes, ahead, proposed, ...work } = work_order(mode, before_ms, kind === "dated" ? dated() : no_date, by_life);
    const window = windows.find((each) => each.from_ms === start_ms && each.check === check);
    if (!window) return null;
    this.accepted.set(number, { by: "local", at_ms: Date.now(), note, order: { ...work, window } });
    return this.accepted.get(number);
  }

  recording(number) {
    const one = this.cases.find((each) => each.number === number);
    if (!one || number !== 2) return null;
    const from_ms = one.opened_ms - 10 * 60_000;
    const points = (normal, worn) =>
      Array.from({ length: 180 }, (_, i) => {
        const at = from_ms + i * 5_000;
        const value = normal + 0.4 * Math.sin(i / 3) + (i > 100 ? ((worn - normal) * Math.min(i - 100, 30)) / 30 : 0);
        return i === 60 ? [at, null, null, null] : [at, value, value, value];
      });
    return {
      number, asset: one.asset, from_ms, to_ms: from_ms + 15 * 60_000, opened_ms: one.opened_ms, simulated: true, thinned: [],
      tags: [{ tag: "press-1/hydraulic_pressure", unit: "bar", points: points(180, 171) }, { tag: "press-1/oil_temperature", unit: "degC", points: points(48, 68.4) }],
    };
  }

  decide(number, { outcome, note = "" }) {
    const one = this.cases.find((each) => each.number === number);
    if (!one || one.outcome !== "open") return false;
    Object.assign(one, { outcome, note, decided_by: "local", decided_ms: Date.now() });
    return true;
  }

  train() {
    return { ...card(4), in_shadow: false };
  }
}
