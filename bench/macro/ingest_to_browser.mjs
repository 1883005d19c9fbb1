// What a person in front of the console sees while the server takes in all that it can: gateways push samples over
// HTTP, each for its own machines, and a real Chromium shows one of these. A sample's value is its own time, so that the age of each number on
// the page is known when it is drawn. Afterwards the server is asked for what it has of each tag.
//   node bench/macro/ingest_to_browser.mjs [--rate 200000] [--seconds 120] [--record]
// $MILLWRIGHT_PROGRAM names the program (build/release's without it). Load, server and browser share the machine.
// Exit status 1: the rate was not held, a sample was lost, or the page was late.
import { spawnSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

const root = fileURLToPath(new URL("../../", import.meta.url));
const machines = 50;
const tags_each = 20;
const tags = machines * tags_each;
const gateways = 5; // each a connection with one push under way
const shown_modulo = 100_000; // a value is its time in ms, of which a number on the page shows five digits
const push_key = "the-key-of-the-load";
const most_moments = 100; // in one push, after a stall
const bar_ms = 100;

function tag_ids() {
  return Array.from({ length: tags }, (_, n) => `m${Math.floor(n / tags_each)}/t${n % tags_each}`);
}

/** The samples of `moments`, one of each of `ids`, as lines. */
function lines_of(ids, moments) {
  const parts = [];
  for (const ts of moments) {
    const rest = `","ts":${ts},"value":${ts % shown_modulo}}\n`;
    for (const id of ids) parts.push('{"tag":"', id, rest);
  }
  return parts.join("");
}

function post(url, agent, body) {
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/x-ndjson", Authorization: `Bearer ${push_key}`, "Content-Length": Buffer.byteLength(body) };
    const sent = request(`${url}/api/plant/samples`, { method: "POST", agent, headers }, (answer) => {
      let text = "";
      answer.on("data", (more) => (text += more));
      answer.on("end", () => (answer.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(`${answer.statusCode} ${text}`))));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** One push after the other until the end, each with what has become due since. */
async function gateway(ids, { url, rate, first_ms, end_ms }, told) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const moments_s = rate / tags;
  let due = 0; // moments pushed so far, each a sample of every tag
  let last_ts = first_ms - 1;
  for (let now = Date.now(); now < end_ms; now = Date.now()) {
    const wanted = Math.floor(((now - first_ms) / 1000) * moments_s);
    const moments = [];
    for (; due < wanted && moments.length < most_moments; due += 1) {
      last_ts = Math.max(last_ts + 1, Math.floor(first_ms + (due * 1000) / moments_s)); // never twice the same
      moments.push(last_ts);
    }
    if (moments.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      continue;
    }
    const begun = performance.now();
    const outcome = await post(url, agent, lines_of(ids, moments));
    told.push_ms.push(performance.now() - begun);
    told.stored += outcome.stored;
    told.refused += outcome.refused;
  }
  agent.destroy();
}

async function load({ url, rate, seconds }) {
  const first_ms = Date.now();
  const told = { stored: 0, refused: 0, push_ms: [], first_ms };
  const ids = tag_ids();
  const share = tags / gateways;
  const when = { url, rate, first_ms, end_ms: first_ms + seconds * 1000 };
  await Promise.all(Array.from({ length: gateways }, (_, n) => gateway(ids.slice(n * share, (n + 1) * share), when, told)));
  return { ...told, seconds: (Date.now() - first_ms) / 1000, last_ms: Date.now() };
}

function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? null : Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] * 10) / 10;
}

function prepare(data) {
  const kind = { id: "machine", tags: Array.from({ length: tags_each }, (_, n) => ({ id: `t${n}`, decimals: 0 })) };
  const assets = Array.from({ length: machines }, (_, n) => ({ id: `m${n}`, kind: "machine", line: "line" }));
  writeFileSync(join(data, "plant.json"), JSON.stringify({ site: "bench", lines: [{ id: "line" }], kinds: [kind], assets }));
  writeFileSync(join(data, "keys"), `load:${push_key}\n`, { mode: 0o600 });
  writeFileSync(join(data, "config.toml"), `[server]\napi_keys_file = "${data}/keys"\nloopback_viewer = true\n[plant]\ncatalogue_file = "${data}/plant.json"\npush_keys = ["load"]\n`);
}

/** Notes on the page how old each number is when the page is drawn after it changed. */
function watch_ages(modulo) {
  window.ages_ms = [];
  const noted = (text) => {
    const shown = Number(text.replace(/\D/g, ""));
    requestAnimationFrame(() => window.ages_ms.push((((Date.now() - shown) % modulo) + modulo) % modulo));
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      const cell = (change.target.nodeType === Node.TEXT_NODE ? change.target.parentElement : change.target).closest?.(".value-number");
      if (cell) noted(cell.textContent);
    }
  }).observe(document.body, { subtree: true, characterData: true, childList: true });
}

function cpu_s(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function main() {
  const { values } = parseArgs({ options: { rate: { type: "string", default: "200000" }, seconds: { type: "string", default: "120" }, record: { type: "boolean", default: false } } });
  const [rate, seconds] = [Number(values.rate), Number(values.seconds)];
  const { open_browser, open_page } = await import("../../tests/browser/harness.mjs");
  const { start_program } = await import("../../tests/browser/real_server.mjs");
  const program = process.env.MILLWRIGHT_PROGRAM ?? join(root, "build/release/apps/millwright/millwright");
  const server = await start_program(program, { demo: false, prepare });
  const browser = await open_browser();
  let result;
  try {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { url: server.url, rate, seconds } });
    const ended = new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
    const opened = await open_page(browser, server.url);
    await opened.page.goto(`${server.url}/plant/m0`);
    await opened.page.waitForSelector(".value-number");
    await new Promise((resolve) => setTimeout(resolve, 3000)); // what opening the page costs is not what is asked
    await opened.page.evaluate(watch_ages, shown_modulo);
    const before_s = cpu_s(server.pid);
    const watched = Date.now();
    const told = await ended;
    const server_cores = (cpu_s(server.pid) - before_s) / ((Date.now() - watched) / 1000);
    const ages_ms = await opened.page.evaluate(() => window.ages_ms);
    let counted = 0;
    for (const id of tag_ids()) {
      const answer = await fetch(`${server.url}/api/plant/statistics?tag=${encodeURIComponent(id)}&from_ms=${told.first_ms - 1000}&to_ms=${told.last_ms + 1000}`, { headers: { Authorization: `Bearer ${push_key}` } });
      const { count } = await answer.json();
      counted += count;
    }
    result = {
      what: "samples pushed over HTTP, and how old the numbers of a machine's page are in Chromium when they are drawn",
      tags, gateways, target_samples_s: rate, seconds: told.seconds, pushed_samples_s: Math.round(told.stored / told.seconds),
      acknowledged: told.stored, refused: told.refused, counted_back: counted, pushes: told.push_ms.length,
      push_ms: { p50: percentile(told.push_ms, 0.5), p99: percentile(told.push_ms, 0.99), max: percentile(told.push_ms, 1) },
      numbers_drawn: ages_ms.length,
      age_drawn_ms: { p50: percentile(ages_ms, 0.5), p95: percentile(ages_ms, 0.95), p99: percentile(ages_ms, 0.99), max: percentile(ages_ms, 1) },
      server_cores: Math.round(server_cores * 100) / 100, problems: opened.problems,
      bar: `200,000 samples/s sustained on two cores with ${bar_ms} ms to the browser`,
    };
  } finally {
    await browser.close();
    await server.close();
  }
  const cpu = readFileSync("/proc/cpuinfo", "utf8");
  const flags = new Set(cpu.match(/^flags\s*:\s*(.*)$/m)[1].split(" "));
  const line = {
    date: new Date().toISOString().slice(0, 10),
    commit: spawnSync("git", ["-C", root, "rev-parse", "--short", "HEAD"], { encoding: "utf8" }).stdout.trim(),
    cpu: cpu.match(/^model name\s*:\s*(.*)$/m)[1],
    flags: ["fma", "avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_int8"].filter((flag) => flags.has(flag)),
    load: `load average ${loadavg()[0].toFixed(1)} at the end`,
    command: `bench/macro/ingest_to_browser.mjs --rate ${rate} --seconds ${seconds}`,
    ...result,
  };
  console.log(JSON.stringify(line));
  if (values.record) appendFileSync(join(root, "bench/results/ingest.jsonl"), `${JSON.stringify(line)}\n`);
  const held = result.pushed_samples_s >= rate * 0.99 && result.counted_back === result.acknowledged && result.refused === 0;
  process.exit(held && result.age_drawn_ms.p95 <= bar_ms && result.problems.length === 0 ? 0 : 1);
}

if (isMainThread) await main();
else parentPort.postMessage(await load(workerData));
