// The line that the mock shows: the assets of the demo plant, with made-up signals.
const text = (en, zh) => ({ en, zh });

/** A measured quantity: at rest, while running, spread, normal range. */
const number = (id, en, zh, unit, decimals, rest, run, spread, low, high, key = false) => ({
  id, name: text(en, zh), unit, decimals, rest, run, spread, low, high, key, kind: "number",
});
const counter = (id, en, zh, per_minute, key = false) => ({
  id, name: text(en, zh), unit: "", decimals: 0, per_minute, low: null, high: null, key, kind: "counter",
});

const states = {
  running: text("running", "运行"),
  idle: text("idle", "空闲"),
  setup: text("set-up", "调试"),
  stopped: text("stopped", "停机"),
  fault: text("fault", "故障"),
};

const cnc_tags = [
  number("spindle_temperature", "spindle temperature", "主轴温度", "degC", 1, 24, 61, 4, null, 75, true),
  number("spindle_vibration", "spindle vibration", "主轴振动", "mm/s", 2, 0.2, 1.8, 0.5, null, 4.5, true),
  number("spindle_speed", "spindle speed", "主轴转速", "1/min", 0, 0, 8200, 420, null, 12000, false),
  number("motor_current", "motor current", "电机电流", "A", 1, 1.1, 14.2, 2.4, null, 25, true),
  number("coolant_pressure", "coolant pressure", "冷却液压力", "bar", 1, 0.4, 6.1, 0.4, 4, 8, false),
  counter("parts", "parts made", "产量", 1.4),
];

// Minutes in each state, over and over; the last row is the one that holds when the mock starts.
export const assets = [
  { id: "cnc-1", name: text("CNC-1", "1号数控机床"), kind: "cnc", kind_name: text("CNC machine", "数控机床"), line: "line-1", tags: cnc_tags,
    plan: [[47, "running"], [5, "idle"], [62, "running"], [14, "setup"], [38, "running"], [6, "idle"]], into: 4 },
  { id: "cnc-2", name: text("CNC-2", "2号数控机床"), kind: "cnc", kind_name: text("CNC machine", "数控机床"), line: "line-1", tags: cnc_tags,
    plan: [[4, "idle"], [51, "running"], [3, "fault"], [9, "setup"], [88, "running"]], into: 62 },
  { id: "press-1", name: text("Press-1", "1号压力机"), kind: "press", kind_name: text("press", "压力机"), line: "line-1",
    tags: [
      number("hydraulic_pressure", "hydraulic pressure", "液压压力", "bar", 0, 12, 182, 9, null, 210, true),
      number("oil_temperature", "oil temperature", "油温", "degC", 1, 26, 48, 3, null, 60, true),
      number("ram_force", "ram force", "滑块压力", "kN", 0, 0, 640, 40, null, 800, false),
      counter("strokes", "strokes", "冲程数", 11, true),
    ],
    plan: [[73, "running"], [6, "idle"], [41, "running"], [8, "fault"]], into: 3 },
  { id: "furnace-1", name: text("Furnace-1", "1号加热炉"), kind: "furnace", kind_name: text("furnace", "加热炉"), line: "line-1",
    tags: [
      number("chamber_temperature", "chamber temperature", "炉膛温度", "degC", 0, 640, 848, 6, 820, 870, true),
      number("gas_flow", "gas flow", "燃气流量", "m3/h", 1, 1.2, 18.4, 1.6, null, 26, true),
      number("oxygen", "oxygen", "氧含量", "%", 2, 4, 2.1, 0.3, 1, 4.5, true),
    ],
    plan: [[20, "idle"], [400, "running"]], into: 210 },
  { id: "conveyor-1", name: text("Conveyor-1", "1号输送带"), kind: "conveyor", kind_name: text("conveyor", "输送带"), line: "line-1",
    tags: [
      number("belt_speed", "belt speed", "带速", "m/s", 2, 0, 0.62, 0.02, null, 0.9, true),
      number("motor_current", "motor current", "电机电流", "A", 1, 0.3, 4.6, 0.6, null, 8, true),
      counter("items", "items carried", "输送件数", 9, true),
    ],
    plan: [[3, "stopped"], [96, "running"]], into: 71 },
  { id: "compressor-1", name: text("Compressor-1", "1号空压机"), kind: "compressor", kind_name: text("compressor", "空压机"), line: "utilities",
    tags: [
      number("outlet_pressure", "outlet pressure", "出口压力", "bar", 2, 6.4, 7.4, 0.2, 6.5, 8.5, true),
      number("outlet_temperature", "outlet temperature", "排气温度", "degC", 1, 38, 103, 3, null, 100, true),
      number("vibration", "vibration", "振动", "mm/s", 2, 0.3, 2.6, 0.5, null, 7.1, true),
      number("motor_current", "motor current", "电机电流", "A", 1, 4, 61, 4, null, 80, false),
    ],
    plan: [[34, "running"], [3, "idle"], [120, "running"]], into: 88 },
];

export const state_names = states;
export const areas = [{ id: "hall-a", name: text("Hall A", "A厂房") }];
export const cells = [
  { id: "machining", name: text("Machining cell", "机加单元"), line: "line-1", assets: ["cnc-1", "cnc-2"] },
  { id: "forming", name: text("Press shop", "冲压车间"), line: "line-1", assets: ["press-1", "furnace-1"] },
];
export const line_names = { "line-1": text("Line 1", "1号线"), utilities: text("Utilities", "公用工程") };
