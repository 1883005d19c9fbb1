// A server of the same shapes as the real one, with a moving plant: for `npm run dev` and for the
// browser tests. Node's http only. What it answers is set by `scenario` (POST /mock/scenario).
import { connector_history, connectors_now } from "./connectors.mjs";
import { createServer } from "node:http";
import { alarm_messages, MockRules } from "./alarm_rules.mjs";
import { MockAlarms } from "./alarms.mjs";
import { ask } from "./ask.mjs";
import { MockAudit, MockPeople, own_password } from "./people.mjs";
import { MockSetup } from "./setup.mjs";
import { chat } from "./chat.mjs";
import { note_book } from "./noted.mjs";
import { batches_of, oee_of } from "./oee.mjs";
import { all_tags, earlier, find_tag, latest, plant_now, abnormal, series, spans, state_at } from "./signals.mjs";
import { assets, state_names } from "./catalogue.mjs";
import { serve_static } from "./static.mjs";
import { MockHealth } from "./health.mjs";
import { read_report } from "./report.mjs";
import { MockLives } from "./lives.mjs";
import { MockLearn } from "./learn.mjs";
import { MockVibration } from "./vibration.mjs";
import { find_request, requests_between, requests_now } from "./requests.mjs";
import { models_now, system_now } from "./system.mjs";

export const quiet_scenario = () => ({
  plant: "data", // data | none | error | slow
  events: "live", // live | down
  broker: "up", // up | down
  connectors: "well", // well | failed | none
  oee: "data", // data | missing | error
  noted: "some", // some | refused | error
  health: "some", // some | none | view (who looks may not decide) | error
  series: "data", // data | thinned | none | error
  data: "own", // own | restored | damaged (restored, and it was damaged before) | renamed (histories without a tag)
  samples: "some", // some | none | thinned | many: of an export
  certificate: "none", // none | valid | expires_soon | expired | not_yet_valid | refused
  retention: "none", // none | some | failing
  part_of_plant: false, // whoever looks may not see all lines
  system: "data", // data | none | error | disk | over (weights in the caches) | unmeasured
  models: "ready", // ready | none | fetching | loading | failed | upstream (one of another server too) | error
  history: "data", // data | none | error: finished requests
  alarms: "some", // some | none | many (a long journal) | flood | view (who looks may not act) | error
  rules: "some", // some | none | left_out | error
  messages: "none", // none (nobody is told) | well | failing | error
  ask: "answer", // answer | fail | busy | fail_midway | cut (after a sentence, when this changes) | hang
  delay_ms: 250, // between the steps of an answer
  thinks: false, // a chat begins with what the model thinks
  pulls: [],
  sign_in_with: null, // the name of an identity provider
  confirm: null, // how who came by it confirms: {password, until_ms}
  session: "open", // open | onlooker (at the machine itself, may log in) | login | code (a second factor too) | in | admin | newcomer (has to choose a password)
  people: "data", // data | error
  setup: "demo", // demo | fixed (config.toml says it) | fails (what is saved does not come up)
  audit: "intact", // intact | broken | error
  busy: 0, // answers in progress
  requests: [], // "POST /api/ask {...}": what the console sent
});

const error_body = (message, message_zh, code) => ({ error: { message, message_zh, type: "server_error", param: null, code } });

function send_json(response, status, body, headers = {}) {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers });
  response.end(text);
}

async function read_body(request) {
  let text = "";
  for await (const piece of request) {
    text += piece;
    if (text.length > 1_000_000) throw new Error("too large");
  }
  return text;
}

export async function create_mock({ port = 0, scenario = quiet_scenario() } = {}) {
  const streams = new Set();
  let broker_down_ms = 0;
  let alarms = new MockAlarms();
  let health = new MockHealth();
  let lives = new MockLives();
  let vibration = new MockVibration();
  let learn = new MockLearn();
  let noted = note_book();
  let rules = new MockRules();
  let audit = new MockAudit();
  let people = new MockPeople(audit);
  let setup = new MockSetup("demo");
  const broker = () => {
    if (scenario.broker === "up") return { configured: true, connected: true, since_ms: Date.now() - 3_600_000, problem: null };
    if (broker_down_ms === 0) broker_down_ms = Date.now() - 20_000;
    return { configured: true, connected: false, since_ms: broker_down_ms, problem: { en: "connection refused", zh: "连接被拒绝" } };
  };
  const connectors = (now_ms) => connectors_now(now_ms, broker(), scenario);
  const plant = () => ({ ...plant_shown(), connectors: connectors(Date.now()) });
  const plant_shown = () => (scenario.plant === "none" ? { ...plant_now(Date.now(), broker()), assets: [] } : plant_now(Date.now(), broker()));

  function plant_event(whole, only = () => true) {
    const now_ms = Date.now();
    const link = broker();
    if (scenario.plant === "none") return { now_ms, values: [], states: [], broker: link, connectors: connectors(now_ms) };
    const values = all_tags.filter((tag) => only(tag.full)).map((tag) => ({ tag: tag.full, ...latest(tag, now_ms, link) }));
    const states = assets.map((asset) => {
      const { state, since_ms } = state_at(asset, now_ms);
      return link.connected
        ? { asset: asset.id, state, since_ms: Math.round(since_ms), state_name: state_names[state], abnormal: abnormal(asset, now_ms, link) }
        : { asset: asset.id, state: "", since_ms: link.since_ms, state_name: { en: "", zh: "" }, abnormal: abnormal(asset, now_ms, link) };
    });
    return { now_ms, values, states: whole ? states : states.filter((_, index) => now_ms % 5 === index % 5), broker: link, connectors: connectors(now_ms) };
  }

  function events(request, response) {
    if (scenario.events === "down") return void response.destroy();
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    const send = (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    send("plant", plant_event(true));
    send("system", system_now(Date.now(), scenario));
    send("models", models_now(Date.now(), scenario));
    send("alarms", alarms.json(scenario));
    let alarms_told = alarms.version;
    let told_ms = Date.now();
    send("requests", requests_now(told_ms, scenario, 20));
    let tick = 0;
    const timer = setInterval(() => {
      tick += 1;
      send("plant", plant_event(false));
      if (tick % 2 === 0 && scenario.system !== "error") send("system", system_now(Date.now(), scenario));
      if ((tick % 2 === 0 || scenario.pulls.length > 0) && scenario.models !== "error") send("models", models_now(Date.now(), scenario));
      if (alarms.version !== alarms_told && scenario.alarms !== "error") send("alarms", alarms.json(scenario));
      alarms_told = alarms.version;
      const fresh = requests_between(told_ms, (told_ms = Date.now()), scenario);
      if (fresh.requests.length > 0) send("requests", fresh);
    }, 1000);
    streams.add(response);
    response.on("close", () => {
      clearInterval(timer);
      streams.delete(response);
    });
  }

  function set_scenario(changes) {
    Object.assign(scenario, changes);
    if (changes.setup !== undefined) setup = new MockSetup(changes.setup);
    if (changes.people !== undefined) people = new MockPeople((audit = new MockAudit()));
    if (changes.alarms !== undefined) alarms = new MockAlarms(changes.alarms);
    if (changes.health !== undefined) {
      health = new MockHealth();
      lives = new MockLives();
      vibration = new MockVibration();
      learn = new MockLearn();
    }
    if (changes.noted !== undefined) noted = note_book();
    if (changes.rules !== undefined) rules = new MockRules(changes.rules);
    if (changes.broker === "up") broker_down_ms = 0;
    if (scenario.events === "down") for (const stream of streams) stream.destroy();
  }

  async function session(request, response) {
    const li = { kind: "person", name: "li", grants: [{ role: "operator", lines: ["line-1"], labels: [] }], must_change: false };
    const local = { kind: "person", name: "local", grants: [{ role: "engineer", lines: ["*"], labels: ["*"] }], must_change: false };
    const now = () => {
      if (scenario.session === "onlooker") return { state: "in", can_log_in: true, sign_in_with: null, who: { ...local, grants: [{ role: "viewer", lines: ["*"], labels: ["*"] }] } };
      if (scenario.session === "open") return { state: "open", can_log_in: false, sign_in_with: null, who: local };
      const person = { state: "in", can_log_in: true, sign_in_with: null };
      if (scenario.session === "admin") return { ...person, sign_in_with: scenario.sign_in_with, ...(scenario.confirm ? { confirm: scenario.confirm } : {}), who: { kind: "person", name: "root", grants: [{ role: "admin", lines: ["*"], labels: ["*"] }], must_change: false } };
      if (scenario.session === "newcomer") return { ...person, who: { kind: "person", name: "chen", grants: [], must_change: true } };
      return scenario.session === "in" ? { state: "in", can_log_in: true, sign_in_with: null, who: li } : { state: "login", can_log_in: true, sign_in_with: scenario.sign_in_with, who: null };
    };
    if (request.method === "DELETE") {
      scenario.session = "login";
      return send_json(response, 200, now());
    }
    if (request.method === "POST") {
      const { name, password, code = "" } = JSON.parse(await read_body(request));
      const wrong = error_body("name, password or code is wrong", "用户名、密码或验证码错误", "unauthenticated");
      if (name !== "li" || password !== "correct horse battery") return send_json(response, 401, wrong);
      if (scenario.session === "code" && code === "") {
        wrong.error.param = "code";
        return send_json(response, 401, wrong);
      }
      if (scenario.session === "code" && code !== "123456") return send_json(response, 401, wrong);
      scenario.session = "in";
    }
    return send_json(response, 200, now());
  }

  async function alarm_api(name, request, response, url) {
    if (scenario.alarms === "error") return send_json(response, 503, error_body("No plant is connected.", "未连接工厂。", "unavailable"));
    if (name === "GET /api/alarms") return send_json(response, 200, alarms.json(scenario));
    if (name === "GET /api/alarms/journal") {
      const before = Number(url.searchParams.get("before") ?? Infinity);
      const limit = Number(url.searchParams.get("limit") ?? 100);
      const from_ms = Number(url.searchParams.get("from_ms") ?? 0);
      const to_ms = Number(url.searchParams.get("to_ms") ?? Infinity);
      const asset = url.searchParams.get("asset") ?? "";
      const wanted = (entry) => entry.number < before && entry.ts_ms >= from_ms && entry.ts_ms < to_ms && (asset === "" || entry.asset === asset);
      return send_json(response, 200, { entries: alarms.entries.filter(wanted).slice(0, limit) });
    }
    if (url.pathname.startsWith("/api/alarms/rules")) {
      if (scenario.rules === "error") return send_json(response, 503, error_body("alarms.db: disk I/O error", "alarms.db：磁盘读写错误", "unavailable"));
      const text = request.method === "GET" ? "" : await read_body(request);
      if (request.method !== "GET") scenario.requests.push(`${name} ${text}`.trim());
      const { status, body } = rules.answer(request.method, url.pathname, text === "" ? null : JSON.parse(text));
      return send_json(response, status, body);
    }
    if (name === "GET /api/alarms/messages") {
      if (scenario.messages === "error") return send_json(response, 503, error_body("notify.db: disk I/O error", "notify.db：磁盘读写错误", "unavailable"));
      return send_json(response, 200, alarm_messages(scenario.messages));
    }
    if (name === "POST /api/alarms/actions") {
      const body = JSON.parse(await read_body(request));
      scenario.requests.push(`${name} ${JSON.stringify(body)}`);
      const done = alarms.act(body);
      if (done) return send_json(response, 200, done);
      return send_json(response, 409, error_body("nothing to acknowledge: it is acknowledged", "没有需要确认的报警：当前状态为 acknowledged", "conflict"));
    }
    return send_json(response, 404, error_body("There is no such address.", "没有这个地址。", "not_found"));
  }

  async function admin_api(request, response, url) {
    const { pathname } = url;
    const text = request.method === "POST" || request.method === "PUT" ? await read_body(request) : "";
    const body = text === "" ? {} : JSON.parse(text);
    if (text !== "") scenario.requests.push(`${request.method} ${pathname} ${text}`);
    const give = ({ status, body: answer }) => send_json(response, status, answer);
    if (pathname.startsWith("/api/session/")) {
      const done = people.own(request.method, pathname, body);
      if (done.status === 200 && scenario.session === "newcomer") scenario.session = "in";
      return give(done);
    }
    if (scenario.session !== "admin") return send_json(response, 403, error_body("this needs the role admin or a higher one; ask an administrator", "此操作需要角色 admin 或更高，请联系管理员", "permission_denied"));
    if (pathname.startsWith("/api/plant/setup")) return give(setup.answer(request.method, pathname, body, request.headers));
    if (!pathname.startsWith("/api/audit")) {
      if (scenario.people === "error") return send_json(response, 500, error_body("people.db: disk I/O error", "people.db：磁盘读写错误", "io"));
      if (scenario.confirm?.until_ms && body.own_password === "") {
        body.own_password = own_password; // shown to the provider: good for one action
        scenario.confirm = { ...scenario.confirm, until_ms: null };
      }
      return give(people.answer(request.method, pathname, body));
    }
    if (scenario.audit === "error") return send_json(response, 500, error_body("read 00000000000000000001.mwaudit: Input/output error", "无法读取 00000000000000000001.mwaudit", "io"));
    if (pathname === "/api/audit/records") return send_json(response, 200, audit.page(url.searchParams));
    if (request.method === "POST") {
      audit.begin();
      return send_json(response, 202, audit.told(scenario.audit));
    }
    return send_json(response, 200, audit.told(scenario.audit));
  }

  async function api(request, response, url) {
    const name = `${request.method} ${url.pathname}`;
    if (url.pathname === "/api/session") return session(request, response);
    if (url.pathname === "/api/oidc/confirm") {
      scenario.requests.push("GET /api/oidc/confirm");
      scenario.confirm = { ...scenario.confirm, until_ms: Date.now() + 300_000 };
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      return void response.end("<!doctype html><title>Millwright</title><h1>Confirmed</h1>");
    }
    if (/^\/api\/(people|groups|keys|audit|session|plant\/setup)(\/|$)/.test(url.pathname)) return admin_api(request, response, url);
    if (scenario.session === "login" || scenario.session === "code") {
      return send_json(response, 401, error_body("log in, or send a valid API key", "请登录，或发送有效的 API 密钥", "unauthenticated"));
    }
    if (name === "GET /api/events") return events(request, response);
    if (name === "GET /api/plant") {
      if (scenario.plant === "error") return send_json(response, 503, error_body("The sample store is being opened; try again in a moment.", "正在打开采样存储，请稍后再试。", "unavailable"));
      if (scenario.plant === "slow") await new Promise((resolve) => setTimeout(resolve, 1500));
      return send_json(response, 200, plant());
    }
    if (name === "GET /api/plant/series") {
      const tag = find_tag(url.searchParams.get("tag"));
      if (!tag) return send_json(response, 404, error_body("There is no tag of that name.", "没有这个信号。", "not_found"));
      if (scenario.series === "error") return send_json(response, 500, error_body("The block at 14:02 fails its checksum.", "14:02 的数据块校验失败。", "corrupt"));
      const from_ms = Number(url.searchParams.get("from_ms"));
      const to_ms = Math.min(Number(url.searchParams.get("to_ms")), Date.now());
      const count = Math.min(Math.max(Number(url.searchParams.get("points") ?? 300), 2), 2000);
      const head = { tag: tag.full, goes_on_as: tag.goes_on_as ?? null, unit: tag.unit, name: tag.name, simulated: true, from_ms, to_ms, bucket_ms: 0, resolution_ms: 0, interpolation: "stepped", stepped_instead: false };
      if (scenario.series === "none" || from_ms >= to_ms) return send_json(response, 200, { ...head, points: [], spans: [], good_share: 0 });
      if (tag.kind === "state") return send_json(response, 200, { ...head, points: [], spans: spans(tag.asset, from_ms, to_ms), good_share: 1 });
      return send_json(response, 200, { ...head, resolution_ms: scenario.series === "thinned" ? 60_000 : 0, stepped_instead: scenario.series === "thinned", spans: [], ...series(tag, from_ms, to_ms, count) });
    }
    if (name === "GET /api/plant/earlier") {
      const asset = assets.find((each) => each.id === url.searchParams.get("asset"));
      if (!asset) return send_json(response, 404, error_body("There is no machine of that name.", "没有这台设备。", "not_found"));
      return send_json(response, 200, { asset: asset.id, simulated: true, histories: earlier.filter(({ tag }) => tag.startsWith(`${asset.id}/`)) });
    }
    if (["GET /health", "GET /healthz"].includes(name)) return send_json(response, 200, { status: "ok" }); // no page can have these
    if (name === "POST /api/maintenance/reports/read") return send_json(response, 200, read_report(JSON.parse(await read_body(request)).text, Date.now()));
    if (url.pathname.startsWith("/api/maintenance/")) {
      if (scenario.health === "error") return send_json(response, 503, error_body("No machine is watched.", "未监测任何设备。", "unavailable"));
      const [, machine, of_machine, record] = url.pathname.match(/^\/api\/maintenance\/vibration\/([^/]+)(\/waterfall|\/recordings\/(\d+))?$/) ?? [];
      if (name === "POST /api/maintenance/vibration") {
        const bytes = (await read_body(request)).length;
        scenario.requests.push(`${name} ${url.searchParams} ${bytes}`);
        const added = vibration.add(Object.fromEntries(url.searchParams), bytes);
        return added ? send_json(response, 200, added) : send_json(response, 400, { error: { ...error_body("line 3 is no number", "第 3 行不是数字", "invalid_argument").error, param: "file" } });
      }
      if (machine) {
        const found = request.method === "DELETE" ? vibration.remove(Number(record)) : record ? vibration.report(Number(record)) : of_machine ? vibration.waterfall(url.searchParams.get("point")) : vibration.list(machine, scenario.health);
        return found ? send_json(response, 200, found) : send_json(response, 404, error_body("There is no such recording.", "没有该振动记录。", "not_found"));
      }
      const [, kind, learnt, report] = url.pathname.match(/^\/api\/maintenance\/(tables|trainings|lives)(?:\/(\d+)(\/report)?)?$/) ?? [];
      if (kind) {
        const bytes = request.method === "POST" ? await read_body(request) : "";
        const body = kind === "tables" && !report ? null : bytes && JSON.parse(bytes);
        if (request.method !== "GET") scenario.requests.push(`${name} ${url.searchParams} ${body ? JSON.stringify(body) : bytes.length}`);
        const at = Number(learnt);
        const found =
          kind === "lives" ? learn.cut(body)
          : kind === "trainings" ? (request.method === "POST" ? learn.start(body, health.cards(scenario.health)) : request.method === "DELETE" ? learn.cancel(at) : learnt ? learn.look(at) : { trainings: learn.trainings })
          : request.method === "DELETE" ? learn.remove(at) : report ? learn.report(at, body) : learnt ? learn.columns(at) : request.method === "POST" ? learn.add(url.searchParams.get("file"), (url.searchParams.get("lines") ?? "").split(",").filter(Boolean)) : learn.list();
        if (!found) return send_json(response, 404, error_body("There is no such table.", "没有该数据表。", "not_found"));
        if (found.error) return send_json(response, found.status, { error: found.error });
        return send_json(response, name === "POST /api/maintenance/trainings" ? 202 : 200, found);
      }
      const [, number, act] = url.pathname.match(/^\/api\/maintenance\/cases\/(\d+)(\/outcome|\/work_order|\/recording|\/recording\/csv)?$/) ?? [];
      if (name === "GET /api/maintenance/health") return send_json(response, 200, health.list(scenario.health));
      if (name === "GET /api/maintenance/cards") return send_json(response, 200, { cards: health.cards(scenario.health) });
      if (name === "GET /api/maintenance/cases") return send_json(response, 200, { cases: scenario.health === "none" ? [] : health.cases });
      if (act?.startsWith("/recording")) {
        const kept = health.recording(Number(number));
        if (!kept) return send_json(response, 404, error_body("Its samples are not kept yet.", "该案例的数据尚未保存。", "not_found"));
        if (act === "/recording") return send_json(response, 200, kept);
        response.writeHead(200, { "content-type": "text/csv; charset=utf-8", "content-disposition": `attachment; filename="case_${number}.csv"` });
        return response.end("time,tag,value,quality,unit\n");
      }
      if (act === "/work_order" && request.method === "GET") {
        const order = health.work(Number(number), url.searchParams.get("mode") ?? "", Number(url.searchParams.get("before_ms")), url.searchParams.get("by_life") !== "0", scenario.health);
        return order ? send_json(response, 200, order) : send_json(response, 404, error_body("There is no such case.", "没有该案例。", "not_found"));
      }
      const [, lasting] = url.pathname.match(/^\/api\/maintenance\/life\/([^/]+)$/) ?? [];
      if (name === "GET /api/maintenance/life") return send_json(response, 200, lives.list(scenario.health));
      if (name === "GET /api/maintenance/life_models") return send_json(response, 200, lives.models());
      if (lasting && request.method === "PUT") {
        const order = JSON.parse(await read_body(request));
        scenario.requests.push(`${name} ${JSON.stringify(order)}`);
        return Object.values(order.columns).includes("") ? send_json(response, 400, error_body("'columns': say which tag is the model's column", "“columns”：请指定模型列对应的信号", "invalid_argument")) : send_json(response, 200, lives.follow(lasting, order));
      }
      if (lasting && request.method === "DELETE") {
        scenario.requests.push(name);
        return lives.end(lasting) ? send_json(response, 200, {}) : send_json(response, 404, error_body("No model follows it.", "尚未启用。", "not_found"));
      }
      if (lasting) {
        const life = lives.find(lasting, scenario.health);
        return life ? send_json(response, 200, life) : send_json(response, 404, error_body("No model follows it yet.", "尚未为该设备启用剩余寿命预测。", "not_found"));
      }
      const [, asset, what] = url.pathname.match(/^\/api\/maintenance\/models\/([^/]+)(\/replay|\/decisions|\/schedule)?$/) ?? [];
      if (what === "/replay" && request.method === "GET") return send_json(response, 200, health.look_at_replay(scenario.health));
      if (what === "/replay" && request.method === "DELETE") {
        scenario.requests.push(name);
        const ended = health.end_replay("cancelled");
        return ended ? send_json(response, 200, ended) : send_json(response, 409, error_body("No replay of this machine is under way.", "该设备没有正在进行的回放。", "conflict"));
      }
      if (what === "/schedule") {
        if (request.method === "GET" && scenario.health === "refused" && !health.schedule) health.refuse_schedule();
        if (request.method === "DELETE") health.schedule = null;
        if (request.method === "PUT") {
          const order = JSON.parse(await read_body(request));
          scenario.requests.push(`${name} ${JSON.stringify(order)}`);
          if (order.history_days > 400) return send_json(response, 400, error_body("'history_days': expected 1 to 400", "“history_days”应为 1 至 400", "invalid_argument"));
          health.set_schedule(order);
        }
        return send_json(response, 200, health.told_schedule(asset, scenario.health));
      }
      if (asset && !what) return send_json(response, 200, health.model(asset, scenario.health));
      if (request.method === "POST") {
        const body = JSON.parse(await read_body(request));
        scenario.requests.push(`${name} ${JSON.stringify(body)}`);
        if (what === "/replay") return send_json(response, 202, health.start_replay(body.version));
        if (what === "/decisions" && !health.decide_version(body.version, body.decision)) return send_json(response, 409, error_body("It does not stand as you saw it any more.", "该版本的状态已变化。", "conflict"));
        if (asset) return send_json(response, 200, health.model(asset, scenario.health));
        if (name === "POST /api/maintenance/models") return send_json(response, 200, health.train());
        if (act === "/work_order") {
          const accepted = health.accept(Number(number), body, scenario.health);
          return accepted ? send_json(response, 200, accepted) : send_json(response, 409, error_body("The window is not as you saw it any more.", "该时段已与您所见不同。", "conflict"));
        }
        if (act && !health.decide(Number(number), body)) return send_json(response, 409, error_body("The case is decided already.", "该案例已处理。", "conflict"));
      }
      const found = health.find(Number(number), scenario.health);
      if (found) return send_json(response, 200, found);
      return send_json(response, 404, error_body("There is no such case.", "没有该案例。", "not_found"));
    }
    if (name === "GET /api/oee") {
      const asset = assets.find((each) => each.id === url.searchParams.get("asset"));
      if (!asset) return send_json(response, 404, error_body("There is no machine of that name.", "没有这台设备。", "not_found"));
      if (scenario.oee === "error") return send_json(response, 500, error_body("The block at 14:02 fails its checksum.", "14:02 的数据块校验失败。", "corrupt"));
      return send_json(response, 200, oee_of(asset, Number(url.searchParams.get("from_ms")), Math.min(Number(url.searchParams.get("to_ms")), Date.now()), scenario.oee));
    }
    if (name === "GET /api/plant/batches") {
      const asset = assets.find((each) => each.id === url.searchParams.get("asset"));
      if (!asset) return send_json(response, 404, error_body("There is no machine of that name.", "没有这台设备。", "not_found"));
      const now_ms = Date.now();
      return send_json(response, 200, batches_of(asset, Number(url.searchParams.get("from_ms")), Math.min(Number(url.searchParams.get("to_ms")), now_ms), now_ms));
    }
    if (name === "GET /api/plant/events") {
      const asset = assets.find((each) => each.id === url.searchParams.get("asset"));
      if (!asset) return send_json(response, 404, error_body("There is no machine of that name.", "没有这台设备。", "not_found"));
      if (scenario.noted === "error") return send_json(response, 500, error_body("The disk cannot be read.", "磁盘无法读取。", "io"));
      return send_json(response, 200, noted.list(asset, Number(url.searchParams.get("from_ms")), Number(url.searchParams.get("to_ms") ?? Date.now() + 1), Date.now()));
    }
    if (name === "POST /api/plant/events") {
      const body = JSON.parse(await read_body(request));
      if (scenario.noted === "refused") return send_json(response, 400, { error: { ...error_body("event: 'text': expected at most 2000 bytes", "事件：“text”应不超过 2000 字节", "invalid_argument").error, param: "text" } });
      scenario.requests.push(`${name} ${JSON.stringify(body)}`);
      return send_json(response, 200, noted.tell({ id: body.asset }, body.text, Date.now()));
    }
    const connector = /^GET \/api\/connectors\/([^/]+)\/history$/.exec(name)?.[1];
    if (connector) {
      const now_ms = Date.now();
      if (!connectors(now_ms).some((each) => each.name === connector)) return send_json(response, 404, error_body("there is no connector of that name", "没有这个连接", "not_found"));
      const to_ms = Number(url.searchParams.get("to_ms") ?? now_ms);
      return send_json(response, 200, connector_history(connector, Number(url.searchParams.get("from_ms") ?? to_ms - 86_400_000), to_ms, now_ms));
    }
    if (name === "GET /api/plant/csv") {
      const tags = (url.searchParams.get("tags") ?? "").split(",").map(find_tag);
      if (tags.some((tag) => !tag)) return send_json(response, 404, error_body("there is no tag of that name", "没有这个信号", "not_found"));
      if (scenario.samples === "many") return send_json(response, 400, { error: { ...error_body("more than 500,000 samples or 64 MiB: choose a shorter time or fewer signals", "超过 500,000 个采样或 64 MiB：请缩短时间范围或减少信号", "invalid_argument").error, param: "from_ms" } });
      const from_ms = Number(url.searchParams.get("from_ms"));
      const to_ms = Math.min(Number(url.searchParams.get("to_ms")), Date.now());
      const rows = scenario.samples === "none" ? [] : tags.flatMap((tag) => series(tag, from_ms, to_ms, 50).points.filter(([, mean]) => mean !== null).map(([at, mean]) => `${new Date(at).toISOString()},${tag.full},${mean},good,${tag.unit}\n`));
      const stamp = (ms) => new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, "") + "Z";
      response.writeHead(200, {
        "content-type": "text/csv; charset=utf-8", "cache-control": "no-store", "millwright-samples": String(rows.length),
        "content-disposition": `attachment; filename="${tags[0].asset.id}_${stamp(from_ms)}_${stamp(to_ms)}.csv"`,
        ...(scenario.samples === "thinned" ? { "millwright-thinned-until-ms": String(Math.round(from_ms + 60_000)) } : {}),
      });
      return void response.end(`time,tag,value,quality,unit\n${rows.join("")}`);
    }
    if (name === "POST /api/plant/csv") {
      const { text, map = {}, take_last_line, store } = JSON.parse(await read_body(request));
      const lines = text.trim().split("\n").length;
      const open_line = text.endsWith("\n") ? null : lines;
      const cut = open_line !== null && !take_last_line;
      const [head, ...all_rows] = text.trim().split("\n").map((line) => line.split(","));
      const rows = cut ? all_rows.slice(0, -1) : all_rows;
      const known = head.slice(1).map((header, at) => ({ column: at + 2, header, tag: map[header] ?? header })).filter(({ tag }) => find_tag(tag));
      if (known.length === 0) return send_json(response, 400, error_body("no column names a tag of the plant: call columns ASSET/TAG, or set prefix or columns", "没有列对应工厂的测点", "invalid_argument"));
      const unknown = head.slice(1).filter((header) => !find_tag(map[header] ?? header));
      const readings = rows.length * known.length;
      return send_json(response, 200, {
        a_value_a_row: false, rows: all_rows.length, readings, open_line, unknown: store ? [] : unknown,
        columns: known.map(({ column, tag }) => ({ column, tag, unit: "", tag_unit: find_tag(tag).unit })),
        problem_count: (store ? 0 : unknown.length) + (cut ? 1 : 0),
        problems: [
          ...(store ? [] : unknown).map((header) => ({ line: 1, what: { en: `'${header}' names no tag`, zh: `“${header}”不是信号` } })),
          ...(cut ? [{ line: open_line, what: { en: "the file ends without a line end, so this line may be cut and is not stored", zh: "文件末尾没有换行，本行可能不完整，因此不存储" } }] : []),
        ],
        first: rows.slice(0, 3).map((row) => ({ tag: known[0].tag, ts_ms: Date.parse(row[0]), value: Number(row[known[0].column - 1]) })),
        stored: store ? readings : null, doubtful: store ? 0 : null,
      });
    }
    if (name === "GET /api/system") {
      if (scenario.system === "error") return send_json(response, 500, error_body("The metrics could not be read.", "无法读取指标。", "internal"));
      return send_json(response, 200, system_now(Date.now(), scenario));
    }
    if (name === "GET /api/requests" || name.startsWith("GET /api/requests/")) {
      if (scenario.history === "error") return send_json(response, 500, error_body("The requests could not be listed.", "无法列出请求。", "internal"));
      if (name === "GET /api/requests") return send_json(response, 200, requests_now(Date.now(), scenario, Number(url.searchParams.get("limit") ?? 50)));
      const id = url.pathname.split("/").pop();
      const found = find_request(id, Date.now(), scenario);
      if (found) return send_json(response, 200, found);
      return send_json(response, 404, error_body(`no request '${id}' is among the last 200 that finished since the server started; older ones are forgotten`, `在服务器启动后最近完成的 200 个请求中没有“${id}”，更早的请求不再保留`, "not_found"));
    }
    if (url.pathname.startsWith("/api/alarms")) return alarm_api(name, request, response, url);
    if (name === "GET /api/models") {
      if (scenario.models === "error") return send_json(response, 500, error_body("The model store could not be read: permission denied.", "无法读取模型库：权限不足。", "io"));
      return send_json(response, 200, models_now(Date.now(), scenario));
    }
    if (name === "POST /api/models" || name === "POST /api/ask" || name === "POST /v1/chat/completions") {
      const body = JSON.parse(await read_body(request));
      scenario.requests.push(`${name} ${JSON.stringify(body)}`);
      if (name === "POST /api/models") {
        if (!/^[a-z0-9.-]+$|^hf:[^/]+\/[^/]+|^file:\//.test(body.source ?? "")) return send_json(response, 400, error_body(`'${body.source}' names no model: expected a name, hf:ORG/REPO/FILE or file:PATH.`, `“${body.source}”不是模型：应为名称、hf:ORG/REPO/FILE 或 file:PATH。`, "invalid_argument"));
        scenario.pulls.push({ name: body.source.split("/").pop().replace(/\.gguf$/, ""), source: body.source, started_ms: Date.now() });
        return send_json(response, 202, {});
      }
      if (scenario.ask === "fail") return send_json(response, 500, error_body("The sample store could not be read: disk I/O error.", "无法读取采样存储：磁盘读写错误。", "io"));
      if (scenario.ask === "busy") return send_json(response, 429, error_body("64 answers are in progress and 256 wait.", "正在处理64个回答，另有256个在排队。", "resource_exhausted"), { "retry-after": "3" });
      scenario.busy += 1;
      try {
        await (name === "POST /api/ask" ? ask : chat)(response, body, scenario);
      } finally {
        scenario.busy -= 1;
      }
      return undefined;
    }
    if (name === "GET /v1/models") return send_json(response, 200, { object: "list", data: models_now(Date.now(), scenario).models.filter((model) => model.state === "ready").map((model) => ({ id: model.name, object: "model", created: 0, owned_by: "local" })) });
    if (name === "POST /mock/scenario") {
      set_scenario(JSON.parse(await read_body(request)));
      return send_json(response, 200, {});
    }
    return send_json(response, 404, error_body("There is no such address.", "没有这个地址。", "not_found"));
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://mock");
    const handle = /^\/((api|v1|mock)\/|healthz?$)/.test(url.pathname) ? api(request, response, url) : serve_static(request, response, url);
    Promise.resolve(handle).catch((problem) => {
      console.error(request.method, request.url, problem);
      if (!response.headersSent) send_json(response, 500, error_body(String(problem), "", "internal"));
      else response.destroy();
    });
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    scenario,
    set: set_scenario,
    reset: () => set_scenario({ ...quiet_scenario(), busy: scenario.busy }),
    streams: () => streams.size,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    }),
  };
}
