// Alarms that a test can act on: one of each kind, and a journal of what was done.
const text = (en, zh) => ({ en, zh });
const hour = 3_600_000;
const none = text("", "");

function alarm(id, asset, asset_name, name, more) {
  return {
    id, name, asset, asset_name, line: "line-1", priority: "medium", enabled: true, state: "unacknowledged", active: true, doubtful: false,
    since_ms: Date.now() - hour, changed_ms: Date.now() - hour, shelved_until_ms: null, tag: `${asset}/${id.split(".")[1]}`, value: 1, text: "", unit: "", decimals: 1,
    cause: none, consequence: none, response: none, respond_within_min: 0, raised_in_hour: 1, chattering: false, stale: false, ...more,
  };
}

export function alarm_list(kind) {
  if (kind === "none") return [];
  const cnc = text("CNC-2", "2号数控机床");
  const press = text("Press 1", "1号压力机");
  return [
    alarm("cnc-2.spindle_temperature.high", "cnc-2", cnc, text("CNC-2: spindle temperature high", "2号数控机床：主轴温度过高"), {
      priority: "critical", tag: "cnc-2/spindle_temperature", value: 84.2, unit: "degC", respond_within_min: 15,
      cause: text("Old grease or a worn bearing", "润滑脂老化或轴承磨损"), consequence: text("The bearing seizes", "轴承抱死"), response: text("Stop after this part and check the grease", "加工完当前工件后停机检查润滑脂"),
    }),
    alarm("cnc-2.spindle_vibration.high", "cnc-2", cnc, text("CNC-2: vibration high", "2号数控机床：振动过高"), { state: "returned", active: false, chattering: true, value: 3.1, unit: "mm/s" }),
    alarm("press-1.oil_temperature.high", "press-1", press, text("Press 1: oil temperature high", "1号压力机：油温过高"), { state: "acknowledged", priority: "high", value: 71.5, unit: "degC", doubtful: true }),
    alarm("press-1.hydraulic_pressure.low", "press-1", press, text("Press 1: hydraulic pressure low", "1号压力机：液压压力过低"), { state: "shelved", active: false, shelved_until_ms: Date.now() + hour, value: 180.2, unit: "bar" }),
  ];
}

export class MockAlarms {
  constructor(kind = "some") {
    this.list = alarm_list(kind);
    this.entries = [];
    this.version = 1;
    const [first, second] = this.list;
    if (kind === "many") for (let i = 130; i > 0; i -= 1) this.note(second, i % 2 === 0 ? "raised" : "returned", "", "", Date.now() - i * 20_000 - 600_000);
    if (first) {
      this.note(first, "raised", "", "", Date.now() - 40 * 60_000);
      this.note(first, "returned", "", "", Date.now() - 33 * 60_000);
    }
    for (const each of this.list) this.note(each, "raised", "", "", Date.now() - 60_000);
    if (second) this.note(second, "returned");
  }

  note(of, event, who = "", note = "", ts_ms = Date.now()) {
    const { id: alarm, name, asset, tag, unit, decimals, state, priority, value } = of;
    this.entries.unshift({ number: this.entries.length + 1, ts_ms, alarm, name, asset, tag, unit, decimals, event, state, priority, who, note, value });
  }

  json(scenario) {
    const count = (test) => this.list.filter(test).length;
    const flood = scenario.alarms === "flood";
    return {
      alarms: this.list.filter((each) => each.state !== "normal"),
      load: {
        standing: count((each) => each.active), unacknowledged: count((each) => each.state === "unacknowledged" || each.state === "returned"),
        shelved: count((each) => each.state === "shelved"), chattering: count((each) => each.chattering), stale: 0, raised_in_10_min: flood ? 14 : 2, flood,
      },
      may_operate: scenario.alarms !== "view", may_engineer: scenario.alarms !== "view",
    };
  }

  /** The alarm after it, or nothing where its state does not allow it. */
  act({ alarm: id, action, note = "", minutes = 0 }) {
    const of = this.list.find((each) => each.id === id);
    const open = of && (of.state === "unacknowledged" || of.state === "returned");
    const next = {
      acknowledge: open && ["acknowledged", of.active ? "acknowledged" : "normal"],
      shelve: of && minutes > 0 && ["shelved", "shelved"],
      unshelve: of?.state === "shelved" && ["unshelved", "normal"],
      out_of_service: of && ["out_of_service", "out_of_service"],
      in_service: of?.state === "out_of_service" && ["in_service", "normal"],
    }[action];
    if (!next) return null;
    of.state = next[1];
    of.changed_ms = Date.now();
    if (action === "shelve") of.shelved_until_ms = Date.now() + minutes * 60_000;
    this.note(of, next[0], "local", note);
    this.version += 1;
    return of;
  }
}
