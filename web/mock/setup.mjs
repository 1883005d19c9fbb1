// What the plant is connected to, as a test can change it; mistakes as the real server tells them.
const error = (status, en, zh, param = null, code = "invalid_argument") => ({ status, body: { error: { message: en, message_zh: zh, type: "invalid_request_error", param, code } } });

const is_certificate = (pem) => pem === undefined || pem.includes("-----BEGIN CERTIFICATE-----");
const no_certificate = (pointer) => error(400, `${pointer}: it is not a certificate: expected PEM, beginning with -----BEGIN CERTIFICATE-----`, `${pointer}：不是证书：应为以 -----BEGIN CERTIFICATE----- 开头的 PEM 文本`, pointer);
const authority = { subject: "CN=Works CA", expires_ms: Date.UTC(2034, 4, 1), sha256: "ab".repeat(32), state: "valid" };

export class MockSetup {
  constructor(kind) {
    this.kind = kind; // demo | fixed | fails
    this.version = "none";
    this.setup = null;
    this.running_from_ms = 0;
    this.problem = null;
  }

  view() {
    const running = Date.now() >= this.running_from_ms;
    if (running && this.taken_back) {
      this.problem = { en: "The last change did not come up and was taken back: no space", zh: "上次更改未能生效，已恢复原设置：空间不足" };
      [this.version, this.setup] = this.taken_back;
      this.taken_back = null;
    }
    const fixed = this.kind === "fixed";
    return { version: this.version, running, editable: !fixed, why: fixed ? { en: "config.toml says what the plant is", zh: "工厂由 config.toml 指定" } : null, demo: this.setup === null, opcua: true, problem: this.problem, setup: this.setup, authorities: this.authorities() };
  }

  authorities() {
    const all = [...(this.setup?.connectors ?? []), ...(this.setup?.broker ? [{ name: "broker", ...this.setup.broker }] : [])];
    return Object.fromEntries(all.filter((each) => each.ca).map((each) => [each.name, [authority]]));
  }

  look(what) {
    if (!is_certificate(what.ca)) return no_certificate("/ca");
    if (what.address === "10.0.0.99") return error(503, "10.0.0.99:502: connection refused", "10.0.0.99:502：连接被拒绝", null, "unavailable");
    if (what.kind === "modbus_tcp") {
      const wrong = what.register.findIndex((each) => !(each.address >= 0 && each.address <= 65535));
      if (wrong >= 0) return error(400, `/register/${wrong}/address must be a whole number from 0 to 65535`, `/register/${wrong}/address：有误`, `/register/${wrong}/address`);
      return { status: 200, body: { registers: what.register.map((each) => ({ raw: 215, value: 215 * each.scale, problem: null })), cut: false } };
    }
    if (what.kind === "opcua" && what.endpoint.includes("10.0.0.20")) {
      const names = [...Array.from({ length: 150 }, (_, i) => `Zone ${i} Temperature`), "Zone 7 Temperature", "温度", "Door"];
      const variables = names.map((name, i) => ({ node: `nsu=http://maker/oven;i=${i}`, path: ["Oven", i === 150 ? "Spare" : "Main", name], id: name.toLowerCase().replace(/[^a-z0-9_-]+/g, "_").replace(/^_+|_+$/g, ""), type: "Double", array: false, readable: true, unit: name.includes("Temp") ? "degC" : "", low: null, high: null }));
      return { status: 200, body: { variables, cut: false } };
    }
    if (what.kind === "sparkplug") {
      const seen = { group: "Plant1", edge: "Gateway1", device: "Press1", unit: "", readable: true };
      const metrics = [{ ...seen, metric: "Oil/Temperature", type: "Double", unit: "degC" }, { ...seen, metric: "Mode", type: "String" }, { ...seen, metric: "Curve", type: "DataSet", readable: false }, { ...seen, edge: "Gateway2", metric: "Oil/Temperature", type: "Double", unit: "degC" }];
      return { status: 200, body: { metrics: what.rebirth ? metrics : [], cut: false } };
    }
    if (what.kind === "kafka") {
      if (what.sasl && !(what.user && what.password)) return error(400, "user: sasl needs a user and a password", "user：sasl 需要用户名和密码", "/user");
      return { status: 200, body: { topics: [{ topic: "ovens", key: "oven-1", payload: '{"zones": [{"t": 215.5}]}', messages: 7 }], cut: false } };
    }
    if (what.kind === "opcua") return { status: 200, body: { variables: [{ node: "nsu=http://maker/press;s=Oil", path: ["Press", "Oil"], id: "press_oil", type: "Double", array: false, readable: true, unit: "degC", low: 10, high: 80 }], cut: true } };
    return { status: 200, body: { topics: [{ topic: "factory/oven/climate", payload: '{"temp": 215.5, "mode": "heat"}', messages: 3 }], cut: false } };
  }

  replace(version, setup) {
    if (version !== `"${this.version}"`) return error(409, "somebody changed the setup meanwhile", "设置已被他人更改", "version", "conflict");
    const bad = setup.connectors.findIndex((each) => !/^[a-z0-9_-]{1,64}$/.test(each.name));
    if (bad >= 0) return error(400, "connector name: expected 1 to 64 of a-z, 0-9, '_' and '-'", "连接名称：应为小写字母、数字、“_”或“-”", `/connectors/${bad}/name`);
    for (const [a, asset] of setup.description.assets.entries()) {
      const wrong = asset.tags.findIndex((each) => !/^[a-z0-9_-]{1,64}$/.test(each.id));
      if (wrong >= 0) return error(400, "expected [a-z0-9_-]{1,64}", "应为 [a-z0-9_-]{1,64}", `/description/assets/${a}/tags/${wrong}/id`);
    }
    const untrusted = setup.connectors.findIndex((each) => !is_certificate(each.ca));
    if (untrusted >= 0) return no_certificate(`/connectors/${untrusted}/ca`);
    this.taken_back = this.kind === "fails" ? [this.version, this.setup] : null;
    this.problem = null;
    this.setup = setup;
    this.version = String(Date.now()).padStart(16, "0");
    this.running_from_ms = Date.now() + 700;
    return { status: 202, body: this.view() };
  }

  answer(method, path, body, headers) {
    if (path.endsWith("/look")) return this.look(body);
    return method === "PUT" ? this.replace(headers["if-match"], body) : { status: 200, body: this.view() };
  }
}
