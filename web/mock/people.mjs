// People, keys and the audit log that a test can change, with the mistakes that the real server finds.
export const own_password = "correct horse battery";

const error = (status, en, zh, param = null, code = "invalid_argument") => ({ status, body: { error: { message: en, message_zh: zh, type: "invalid_request_error", param, code } } });
const ok = (body, status = 200) => ({ status, body });
const day_ms = 86_400_000;

function person(name, role, lines, more = {}) {
  return { name, role, lines, labels: [], groups: [], disabled: false, totp: false, must_change: false, created_ms: Date.now() - 40 * day_ms, last_login_ms: Date.now() - 3_600_000, locked_until_ms: null, sessions: 0, has_password: true, provider: null, ...more };
}

export class MockPeople {
  constructor(audit) {
    this.audit = audit;
    this.people = [
      person("li", "operator", ["line-1"], { sessions: 1 }),
      person("root", "admin", ["*"], { totp: true, sessions: 1, labels: ["*"] }),
      person("wang", "engineer", ["*"], { locked_until_ms: Date.now() + 240_000 }),
      person("zhao", "viewer", [], { disabled: true, last_login_ms: null }),
    ];
    this.groups = [{ name: "maintenance", role: "operator", lines: ["line-2"], labels: [], members: ["li"], created_ms: Date.now() - 9 * day_ms }];
    this.people[0].groups = ["maintenance"];
    this.keys = [
      { id: "mw_k3f9q2xa", name: "mes", role: "viewer", lines: ["line-1"], labels: [], scopes: ["plant"], created_ms: Date.now() - 30 * day_ms, expires_ms: Date.now() + 60 * day_ms, used_ms: Date.now() - 90_000, state: "valid" },
      { id: "mw_b7t1m5cd", name: "old-script", role: "engineer", lines: ["*"], labels: [], scopes: ["models", "plant"], created_ms: Date.now() - 400 * day_ms, expires_ms: Date.now() - 35 * day_ms, used_ms: null, state: "expired" },
    ];
  }

  grant(body) {
    return { role: body.role, lines: body.lines ?? [], labels: body.labels ?? [] };
  }

  confirmed(body) {
    if (!body.own_password) return error(400, "own_password: expected your own password, again", "own_password：请再次输入您本人的密码", "own_password");
    return body.own_password === own_password ? null : error(403, "your own password is wrong", "您本人的密码错误", "own_password", "permission_denied");
  }

  password(body) {
    if (!body.password) return { made: "k3f9-q2xa-b7t1-m5cd" };
    return body.password.length < 12 ? error(400, "password: expected at least 12 characters (a few words do)", "密码至少 12 个字符", "password") : { made: null };
  }

  last_admin(of) {
    return of.role === "admin" && this.people.filter((each) => each.role === "admin" && !each.disabled).length === 1
      ? error(409, "this is the last administrator who can log in: make another one first", "这是最后一名可登录的管理员，请先添加另一名管理员", "name", "conflict")
      : null;
  }

  note(action, object, detail = "") {
    this.audit.note("person:root", action, object, "done", detail);
  }

  answer(method, path, body) {
    const [, what, name, part] = path.split("/").slice(1).map(decodeURIComponent);
    if (what === "keys") return this.key_answer(method, name, body);
    if (what === "groups") return this.group_answer(method, name, part, decodeURIComponent(path.split("/")[5] ?? ""), body);
    if (method === "GET") return ok({ people: this.people });
    const of = this.people.find((each) => each.name === name);
    if (method === "POST" && !name) {
      if (/[\s:"'\\/<>]/.test(body.name) || body.name === "") return error(400, "name: expected 1 to 64 bytes without spaces", "名称应为 1 至 64 字节，不含空格", "name");
      const given = this.password(body);
      const refused = given.status ? given : this.confirmed(body);
      if (refused) return refused;
      if (this.people.some((each) => each.name === body.name)) return error(409, `there is a person '${body.name}' already`, `已有用户“${body.name}”`, "name", "conflict");
      const made = person(body.name, body.role, [], { ...this.grant(body), must_change: body.must_change !== false, created_ms: Date.now(), last_login_ms: null });
      this.people.push(made);
      this.people.sort((a, b) => a.name.localeCompare(b.name));
      this.note("user.add", `person:${body.name}`, `role=${body.role}`);
      return ok({ person: made, password: given.made }, 201);
    }
    if (!of) return error(404, `there is no person '${name}'`, `没有用户“${name}”`, "name", "not_found");
    if (method === "DELETE") {
      const refused = this.last_admin(of);
      if (refused) return refused;
      this.people = this.people.filter((each) => each !== of);
      this.note("user.rm", `person:${name}`);
      return ok({});
    }
    if (part === "erase") {
      const refused = this.confirmed(body) ?? this.last_admin(of);
      if (refused) return refused;
      this.people = this.people.filter((each) => each !== of);
      this.note("user.erase", "person/k3f9q2xa");
      return ok({ responses: 2 });
    }
    if (part === "grant") {
      const refused = this.confirmed(body) ?? (body.role === "admin" ? null : this.last_admin(of));
      if (refused) return refused;
      Object.assign(of, this.grant(body));
      this.note("user.grant", `person:${name}`, `role=${body.role}`);
      return ok(of);
    }
    if (part === "password") {
      const given = this.password(body);
      const refused = given.status ? given : this.confirmed(body);
      if (refused) return refused;
      Object.assign(of, { must_change: body.must_change !== false, sessions: 0, locked_until_ms: null });
      this.note("user.passwd", `person:${name}`);
      return ok({ person: of, password: given.made });
    }
    const gives = ["unlock", "enable", "totp_off"].includes(body.action);
    const refused = gives ? this.confirmed(body) : body.action === "disable" ? this.last_admin(of) : null;
    if (refused) return refused;
    Object.assign(of, { enable: { disabled: false }, disable: { disabled: true, sessions: 0 }, unlock: { locked_until_ms: null }, end_sessions: { sessions: 0 }, totp_off: { totp: false } }[body.action]);
    this.note(`user.${body.action}`, `person:${name}`);
    return ok(of);
  }

  group_answer(method, name, part, member, body) {
    if (method === "GET") return ok({ groups: this.groups });
    const of = this.groups.find((each) => each.name === name);
    const refused = method === "DELETE" ? null : this.confirmed(body);
    if (refused) return refused;
    if (method === "POST") {
      if (this.groups.some((each) => each.name === body.name)) return error(409, `there is a group '${body.name}' already`, `已有组“${body.name}”`, "name", "conflict");
      const made = { name: body.name, ...this.grant(body), members: [], created_ms: Date.now() };
      this.groups.push(made);
      this.note("group.add", `group:${body.name}`, `role=${body.role}`);
      return ok(made, 201);
    }
    if (!of) return error(404, `there is no group '${name}'`, `没有组“${name}”`, "group", "not_found");
    if (part === "grant") Object.assign(of, this.grant(body));
    if (part === "members") of.members = method === "PUT" ? [...of.members, member].sort() : of.members.filter((each) => each !== member);
    if (!part) this.groups = this.groups.filter((each) => each !== of);
    for (const each of this.people) each.groups = this.groups.filter((group) => group.members.includes(each.name)).map((group) => group.name);
    return ok(part ? of : {});
  }

  key_answer(method, id, body) {
    if (method === "GET") return ok({ keys: this.keys });
    if (method === "DELETE") {
      const of = this.keys.find((each) => each.id === id);
      if (!of) return error(404, `there is no key ${id}`, `没有密钥 ${id}`, "id", "not_found");
      of.state = "revoked";
      this.note("token.revoke", `key:${id}`);
      return ok({});
    }
    if (body.scopes.length === 0) return error(400, "a key needs a scope: models, plant, metrics or *", "密钥需要范围：models、plant、metrics 或 *", "scope");
    const refused = this.confirmed(body);
    if (refused) return refused;
    const made = { id: "mw_newkey22", name: body.name, ...this.grant(body), scopes: body.scopes, created_ms: Date.now(), expires_ms: body.days === 0 ? null : Date.now() + body.days * day_ms, used_ms: null, state: "valid" };
    this.keys.push(made);
    this.note("token.create", `key:${made.id}`);
    return ok({ id: made.id, key: `${made.id}.abcdefghijklmnopqrstuvwxyz` }, 201);
  }

  /** What one changes of oneself. */
  own(method, path, body) {
    if (method === "PUT" && path.endsWith("/totp")) {
      return body.code === "123456" ? ok({}) : error(400, "the code is not the one that the app should show now", "验证码与应用当前应显示的不符", "code");
    }
    const refused = this.confirmed(body);
    if (refused) return refused;
    if (path.endsWith("/totp")) return ok({ secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", uri: "otpauth://totp/Millwright:root?secret=JBSWY3DPEHPK3PXP", recovery_codes: Array.from({ length: 10 }, (_, i) => `abcd-efgh-ijkl-mn${String(i).padStart(2, "0")}`) });
    const given = this.password(body);
    return given.status ? given : ok({});
  }
}

export class MockAudit {
  constructor() {
    this.records = [];
    this.check = null;
    this.note("service:millwright", "server.start", "http://127.0.0.1:8080", "done", "", 241 * 3_600_000);
    for (let i = 0; i < 240; i += 1) {
      this.note(i % 5 === 0 ? "person:li" : "person:wang", i % 3 === 0 ? "alarm.acknowledge" : "session.login", i % 3 === 0 ? "alarm:cnc-2.spindle_temperature.high" : "person:wang", i % 17 === 0 ? "refused" : "done", "", (240 - i) * 3_600_000);
    }
  }

  note(who, action, object, outcome = "done", detail = "", ago_ms = 0) {
    this.records.unshift({ seq: this.records.length + 1, ts_ms: Date.now() - ago_ms, who, address: who.startsWith("service") ? "" : "10.0.0.7", action, object, outcome, detail });
  }

  page(query) {
    const text = (name) => (query.get(name) ?? "").toLowerCase();
    const before = Number(query.get("before") ?? Infinity);
    const limit = Number(query.get("limit") ?? 100);
    const from_ms = Number(query.get("from_ms") ?? 0);
    const fits = this.records.filter(
      (record) =>
        record.seq < before && record.ts_ms >= from_ms && record.who.toLowerCase().includes(text("who")) && record.action.startsWith(text("action")) &&
        (record.object + record.detail).toLowerCase().includes(text("object")) && (text("outcome") === "" || record.outcome === text("outcome")),
    );
    return { records: fits.slice(0, limit), before: fits.length > limit ? fits[limit - 1].seq : null, damaged: false };
  }

  begin() {
    this.check = { started_ms: Date.now() };
    return this.told();
  }

  told(kind = "intact") {
    const of = this.records.length;
    const none = { state: "idle", records: 0, of: 0, started_ms: null, ended_ms: null, report: null, problem: null };
    if (!this.check) return none;
    const { started_ms } = this.check;
    const share = (Date.now() - started_ms) / 600;
    if (share < 1) return { ...none, state: "running", records: Math.floor(of * share), of, started_ms };
    const root = JSON.stringify({ log: "9f86d081884c7d65", seq: of, ts_ns: started_ms * 1e6, hash: "a1b2".repeat(16), key: "c3d4".repeat(16), signature: "e5f6".repeat(32) });
    const report = { intact: true, records: of, segments: 1, first_ms: this.records.at(-1).ts_ms, last_ms: this.records[0].ts_ms, torn_bytes: 0, key: "3e9c51a07bd2f846", root, broken: null };
    if (kind === "broken") {
      Object.assign(report, { intact: false, records: 117, broken: { fault: "hash", seq: 118, segment: "00000000000000000001.mwaudit", offset: 20_412, what: { en: "record 118 was changed", zh: "记录 118 被改动" } } });
    }
    return { ...none, state: "done", records: report.records, of, started_ms, ended_ms: started_ms + 600, report };
  }
}
