// Recordings of cnc-1 at two points: an outer race that grows worse, and a sound fan end.
const text = (en, zh) => ({ en, zh });
const hour = 3_600_000;
const orders = { bpfo: 3.585, bpfi: 5.415, bsf: 2.357, ftf: 0.398 };

function recording(number, point, hours, worn, more = {}) {
  const found = worn
    ? { velocity_rms_mm_s: 2.9, acceleration_rms_m_s2: 9.1, kurtosis: 7.2, zone: "C", diagnosed: true, named: "outer_race", named_title: text("outer race", "外圈") }
    : { velocity_rms_mm_s: 1.1, acceleration_rms_m_s2: 3.2, kurtosis: 3.1, zone: "A", diagnosed: true, named: null, named_title: null };
  return {
    number, asset: "cnc-1", point, recorded_ms: Date.now() - hours * hour, added_ms: Date.now() - hours * hour, rate_hz: 12_000, unit: "g", rpm: 1797,
    bearing: { elements: 9, element_diameter: 0.3126, pitch_diameter: 1.537, contact_angle_deg: 0 }, orders: null, bearing_from: "recording", bearing_name: "", rpm_tag: "", group: "medium-rigid", source: "drive_end.mat", channel: "DE_time", by: "li", samples: 120_000, cut: 0, found, ...more,
  };
}

const bell = (at, k, width) => Math.exp(-(((at - k) / width) ** 2));
const noise = (k) => 0.5 + 0.5 * Math.abs(Math.sin(k * 12.9898) * 43758.5453 % 1);

function lines() {
  const shaft = 1797 / 60;
  const one = (part, label, order, prominence) => ({ part, label, hz: order * shaft, found_hz: prominence ? order * shaft * 0.997 : null, prominence });
  const same = (label) => text(label, label);
  return [
    one("shaft", text("shaft", "轴转频"), 1, null), one("shaft", text("2 x shaft", "2 x 轴转频"), 2, null),
    ...[1, 2, 3].map((k) => one("outer_race", same(k === 1 ? "BPFO" : `${k} x BPFO`), k * orders.bpfo, 30 / k)),
    ...[1, 2].map((k) => one("inner_race", same(k === 1 ? "BPFI" : `${k} x BPFI`), k * orders.bpfi, 1.4)),
    one("inner_race", same("BPFI - shaft"), orders.bpfi - 1, 1.2), one("rolling_element", same("2 BSF"), 2 * orders.bsf, 1.1), one("cage", same("FTF"), orders.ftf, 1),
  ];
}

export class MockVibration {
  constructor() {
    this.recordings = [recording(3_000, "drive end", 2, true), recording(2_000, "drive end", 26, true, { bearing_from: "plant", bearing_name: "6205-2RS", rpm_tag: "cnc-1/spindle_speed" }), recording(1_000, "drive end", 50, false), recording(500, "fan end", 51, false)];
  }

  list(asset, kind) {
    const mine = asset === "cnc-1" ? this.recordings : [];
    const points = [...new Set(mine.map((each) => each.point))].map((point) => ({ point, count: mine.filter((each) => each.point === point).length }));
    const described = asset === "cnc-1" ? [{ point: "motor end", component: "spindle", bearing_name: "6205-2RS", bearing: { elements: 9, element_diameter: 0.3126, pitch_diameter: 1.537, contact_angle_deg: 0 }, orders: null, speed_tag: "cnc-1/spindle_speed", shaft_ratio: 1 }] : [];
    return { asset, points, described, recordings: mine, may_add: kind !== "view", may_remove: kind !== "view" };
  }

  report(number) {
    const found = this.recordings.find((each) => each.number === number);
    if (!found) return null;
    const worn = found.found.named !== null;
    const expected = lines();
    const envelope = Array.from({ length: 600 }, (_, k) => 0.01 * noise(k) + (worn ? [1, 2, 3].reduce((sum, times) => sum + (0.3 / times) * bell(k, times * orders.bpfo * 29.95 * 0.997, 1.5), 0) : 0));
    return {
      recording: found, severity: worn ? text("zone C", "C 区") : text("zone A", "A 区"), figures: {},
      findings: worn
        ? [text("Damage of the outer race: BPFO stands at 107.0 Hz, 30.0 times what is around it.", "外圈损伤：BPFO 位于 107.0 Hz，为周围谱线的 30.0 倍。"), text("Velocity 2.90 mm/s rms between 10 and 1000 Hz.", "10 至 1000 Hz 振动速度有效值 2.90 mm/s。")]
        : [text("No line of the bearing stands out of the envelope's spectrum: no part can be named.", "包络谱中没有突出的轴承特征谱线：无法指明损伤部位。")],
      waveform: { step_s: 0.01, points: Array.from({ length: 1000 }, (_, k) => [-3 * noise(k) - 1, 3 * noise(k + 7) + 1]) },
      spectrum: { step_hz: 10, values: Array.from({ length: 600 }, (_, k) => 0.05 * noise(k) + bell(k, 300, 20) + 0.6 * bell(k, 3, 1)) },
      envelope: { step_hz: 1, values: envelope, band_hz: [2250, 3000], whitened: worn, lines: expected },
    };
  }

  waterfall(point) {
    const mine = this.recordings.filter((each) => each.point === point).reverse();
    if (mine.length === 0) return null;
    return { step_hz: 30, rows: mine.map((each, at) => ({ recording: each, values: Array.from({ length: 200 }, (_, k) => 0.02 * noise(k + at) + (each.found.named ? 1 : 0.2) * bell(k, 100, 12)) })) };
  }

  /** A file of fewer than 100 bytes is none. */
  add({ asset, point, file }, bytes) {
    if (bytes < 100) return null;
    const silent = point === "motor end"; // its speed signal has no value
    const added = recording(Date.now(), point, 0, false, { asset, source: file, ...(silent && { bearing: null, bearing_from: null, rpm: null }) });
    this.recordings.unshift(added);
    return { recording: added, removed: [], note: silent ? text("the bearing of the plant description is not used: 'cnc-1/spindle_speed' was no good speed at that time; give the speed", "未使用工厂描述中的轴承：信号“cnc-1/spindle_speed”当时没有有效转速；请给出转速") : null };
  }

  remove(number) {
    const before = this.recordings.length;
    this.recordings = this.recordings.filter((each) => each.number !== number);
    return this.recordings.length < before ? {} : null;
  }
}
