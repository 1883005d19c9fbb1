// Remaining life of three machines: a range of dates, too early to say, and nothing claimed; a fourth is followed by nobody.
const text = (en, zh) => ({ en, zh });
const none = text("", "");
const hour = 3_600_000;

const model = {
  name: "presses", columns: ["oil_temperature", "hydraulic_pressure"], time: "hour", row_step: 1, cap: 300, trained_assets: 26,
  card: {
    scores: [{ metric: "rmse", value: 21.4, split: "asset_wise", n: 2210, seeds: [1] }, { metric: "interval_coverage", value: 0.91, split: "asset_wise", n: 2210, seeds: [1] }],
    limits: text("Machines of the kind, and run in the ways, that it was trained on. Nothing beyond 300 is claimed; a regime or readings never seen get no number.", "仅适用于与训练设备同类、同工况的设备；不预测超过 300 的寿命；从未见过的工况或读数不给出数值。"),
    trained_at: "2026-11-20T08:00:00.000Z",
  },
};

/** Of a machine that lives 900 h, after `age` of them. */
function course(began_ms, age) {
  return Array.from({ length: 60 }, (_, i) => {
    const at = ((i + 1) * age) / 60;
    const point = Math.min(300, 900 - at);
    const wide = point < 300;
    return { at_ms: Math.round(began_ms + at * hour), age: at, kind: wide ? "range" : "too_early", low: Math.max(0, point - 20 - point / 6), point, high: wide ? Math.min(296, point + 25 + point / 8) : 300 };
  });
}

function life(asset, age, more = {}) {
  const now = Date.now();
  const began_ms = now - age * hour;
  const points = course(began_ms, age);
  const last = points.at(-1);
  const ranged = last.kind === "range";
  return {
    asset, line: "line-1",
    following: { model: model.name, columns: { oil_temperature: `${asset}/oil_temperature`, hydraulic_pressure: `${asset}/hydraulic_pressure` }, states: ["running"], row_s: 3600, unit_s: 3600, since_ms: began_ms, begins: "pump replaced", set_by: "li", set_ms: now - 40 * hour },
    model, began_ms, by_event: true,
    answer: { kind: last.kind, age, low: last.low, point: last.point, high: last.high, level: 0.9, text: text("said", "已说明"), reasons: [{ column: "oil_temperature", added: -41.2 }, { column: "age", added: -12.9 }, { column: "hydraulic_pressure", added: 3.4 }] },
    problem: none, row_ms: last.at_ms, wear_share: 1, unknown_state_s: 7200,
    earliest_ms: Math.round(last.at_ms + last.low * hour), latest_ms: ranged ? Math.round(last.at_ms + last.high * hour) : null, likeliest_ms: ranged ? Math.round(last.at_ms + last.point * hour) : null,
    course: points, may_change: true, ...more,
  };
}

const silent = { answer: null, problem: text("'cnc-2/spindle_temperature' has had no good value of late: nothing is claimed", "信号“cnc-2/spindle_temperature”近期没有有效数值：不给出预测"), earliest_ms: null, latest_ms: null, likeliest_ms: null, course: [] };

export class MockLives {
  constructor() {
    this.lives = new Map([["press-1", life("press-1", 780)], ["cnc-1", life("cnc-1", 300)], ["cnc-2", life("cnc-2", 500, silent)]]);
  }
  list(scenario) {
    return { machines: scenario === "none" ? [] : [...this.lives.values()].map((each) => this.seen(each, scenario)), simulated: true };
  }
  seen(one, scenario) {
    return { ...one, may_change: scenario !== "view" };
  }
  models() {
    return { models: [{ ...model, file: "lives.csv" }] };
  }
  find(asset, scenario) {
    const found = this.lives.get(asset);
    return found && this.seen(found, scenario);
  }
  follow(asset, order) {
    const age = Math.max(20, (Date.now() - order.since_ms) / hour);
    this.lives.set(asset, life(asset, age, { by_event: false }));
    Object.assign(this.lives.get(asset).following, order);
    return this.lives.get(asset);
  }
  end(asset) {
    return this.lives.delete(asset);
  }
}
