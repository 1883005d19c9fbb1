// How the ways in stand: the broker and a PLC, a PLC that is lost, a clock that is wrong.
const started_ms = Date.now();

function connector(name, kind, address, more) {
  return {
    name, kind, address, state: "connected", since_ms: started_ms - 5_400_000, problem: null, problem_ms: null,
    tags: 0, samples: 0, refused: 0, samples_s: 0, last_sample_ms: null, gaps: 0, gap_start_ms: null, gap_end_ms: null, backlog: null, waiting_since_ms: null, skew_ms: null, certificate_expires_ms: null, ...more,
  };
}

/** GET /api/connectors/{name}/history: a press that was lost for an hour, and a night in which nobody looked. */
export function connector_history(name, from_ms, to_ms, now_ms) {
  const step_ms = 300_000;
  const points = [];
  for (let t_ms = Math.ceil(from_ms / step_ms) * step_ms; t_ms < Math.min(to_ms, now_ms); t_ms += step_ms) {
    const ago_h = (now_ms - t_ms) / 3_600_000;
    if (ago_h > 14 && ago_h < 16) continue;
    const lost = name === "press-plc" && ago_h > 5 && ago_h < 6;
    points.push({
      t_ms, state: lost ? "failed" : "connected", samples: lost ? 0 : 4_000 + Math.round(600 * Math.sin(t_ms / 4_000_000)), refused: 0, gaps: 0,
      backlog: name === "oven-files" ? Math.round(3 + 3 * Math.sin(t_ms / 3_000_000)) : null, skew_ms: name === "broker" ? -12 : null,
    });
  }
  return { name, from_ms: Math.round(from_ms), to_ms: Math.round(to_ms), step_ms, points };
}

export function connectors_now(now_ms, broker, scenario) {
  if (scenario.connectors === "none" || scenario.plant === "none") return [];
  const taken = 2_714_002 + Math.floor((now_ms - started_ms) / 34);
  const mqtt = connector("broker", "mqtt", "tcp://127.0.0.1:1883", {
    samples: taken, samples_s: broker.connected ? 29.4 : 0, last_sample_ms: now_ms - 400, skew_ms: -12,
    ...(broker.connected ? {} : { state: "failed", since_ms: broker.since_ms, problem: broker.problem, problem_ms: now_ms - 3_000, last_sample_ms: broker.since_ms }),
  });
  const press = connector("press-plc", "modbus_tcp", "10.20.0.7:502", { tags: 14, samples: 75_410, samples_s: 14, last_sample_ms: now_ms - 900, gaps: 2, gap_start_ms: started_ms - 1_260_000, gap_end_ms: started_ms - 1_195_000 });
  const folder = connector("oven-files", "folder", "/data/oven", { samples: 9_120, refused: 3, backlog: 2, waiting_since_ms: now_ms - 180_000, last_sample_ms: now_ms - 240_000 });
  const oven = connector("oven-server", "opcua", "opc.tcp://10.20.0.9:4840", {
    tags: 40, samples: 31_200, samples_s: 8, backlog: 0, last_sample_ms: now_ms - 700, skew_ms: 3, certificate_expires_ms: now_ms + 400 * 86_400_000,
  });
  if (scenario.connectors === "failed") {
    oven.certificate_expires_ms = now_ms + 12 * 86_400_000;
    Object.assign(press, {
      state: "failed", since_ms: now_ms - 95_000, samples_s: 0, last_sample_ms: now_ms - 95_400, problem_ms: now_ms - 4_000,
      problem: { en: "10.20.0.7:502 refused the connection; it is tried again", zh: "10.20.0.7:502 拒绝连接，正在重试" },
    });
    mqtt.skew_ms = 3_720_000;
  }
  return [mqtt, press, oven, folder];
}
