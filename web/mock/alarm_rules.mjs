// Alarm rules that a test can change, and messages about alarms.
import { find_tag } from "./signals.mjs";
import { assets } from "./catalogue.mjs";

const text = (en, zh) => ({ en, zh });
const none = text("", "");

const first_rules = () => [
  {
    id: "cnc-2.spindle_temperature.high", name: text("CNC-2: spindle temperature high", "2号数控机床：主轴温度过高"), asset: "cnc-2", priority: "critical", enabled: true,
    when: { tag: "cnc-2/spindle_temperature", above: 75, hysteresis: 1.5 }, unless: { not: { tag: "cnc-2/state", is: "running" } }, delay_on_s: 10, delay_off_s: 10, latching: false,
    cause: text("Old grease or a worn bearing", "润滑脂老化或轴承磨损"), respond_within_min: 15,
  },
  {
    id: "cnc-2.spindle_vibration.high", name: text("CNC-2: vibration high", "2号数控机床：振动过高"), asset: "cnc-2", priority: "medium", enabled: true,
    when: { all: [{ tag: "cnc-2/spindle_vibration", above: 2.8 }, { any: [{ tag: "cnc-2/state", is: "running" }, { tag: "cnc-2/spindle_temperature", bad: true }] }] }, delay_on_s: 10, delay_off_s: 60, latching: true,
  },
  { id: "press-1.oil_temperature.high", name: text("Press 1: oil temperature high", "1号压力机：油温过高"), asset: "press-1", priority: "high", enabled: false, when: { tag: "press-1/oil_temperature", above: 65, hysteresis: 1.3 }, delay_on_s: 10, delay_off_s: 10, latching: false },
];

const wrong = (param, en, zh) => ({ status: 400, body: { error: { message: `alarm rule: ${param}: ${en}`, message_zh: `报警规则：${param}：${zh}`, type: "invalid_request_error", param, code: "invalid_argument" } } });
const conflict = (param, en, zh) => ({ status: 409, body: { error: { message: en, message_zh: zh, type: "conflict", param, code: "conflict" } } });

/** The first mistake in a condition, as the server names it. */
function condition_problem(condition, where) {
  if (condition.not) return condition_problem(condition.not, `${where}.not`);
  const join = ["all", "any"].find((name) => condition[name]);
  if (join) {
    if (condition[join].length === 0) return wrong(`${where}.${join}`, "expected a list of conditions", "应为非空条件列表");
    for (const [index, part] of condition[join].entries()) {
      const found = condition_problem(part, `${where}.${join}[${index}]`);
      if (found) return found;
    }
    return null;
  }
  const tag = find_tag(condition.tag);
  if (!tag) return wrong(`${where}.tag`, `there is no tag '${condition.tag}'`, `没有信号“${condition.tag}”`);
  for (const test of ["above", "below"]) {
    if (test in condition && typeof condition[test] !== "number") return wrong(`${where}.${test}`, "expected a number, and a tag that is one", "应为数字，且信号须为数值型");
    if (condition[test] > 1000) return wrong(`${where}.${test}`, `outside the physical range of ${condition.tag}: it could never come`, `超出 ${condition.tag} 的物理量程，永远不会触发`);
  }
  if (condition.hysteresis < 0) return wrong(`${where}.hysteresis`, "expected a number from 0", "应为不小于 0 的数字");
  return null;
}

export class MockRules {
  constructor(kind) {
    this.rules = kind === "none" ? [] : first_rules();
    this.left_out = kind === "left_out" ? [{ id: "mill-9.hot", problem: text("alarm rule: asset: there is no asset 'mill-9'", "报警规则：asset：没有设备“mill-9”") }] : [];
    this.changes = 0;
  }

  json() {
    return { rules: this.rules.map((rule) => this.shown(rule)), left_out: this.left_out };
  }

  shown(rule) {
    return { ...rule, revision: String(rule.change ?? 0), change: undefined };
  }

  problem(rule) {
    if (!/^[a-z0-9._-]{1,128}$/.test(rule.id)) return wrong("id", "expected [a-z0-9._-]{1,128}", "应为 [a-z0-9._-]{1,128}");
    if (!assets.some((asset) => asset.id === rule.asset)) return wrong("asset", "there is no such asset", "没有该设备");
    if (!(rule.delay_on_s >= 0 && rule.delay_on_s <= 86_400)) return wrong("delay_on_s", "expected 0 to 86400 seconds", "应为 0 到 86400 秒");
    return condition_problem(rule.when, "when") ?? (rule.unless ? condition_problem(rule.unless, "unless") : null);
  }

  answer(method, path, body) {
    if (method === "GET") return { status: 200, body: this.json() };
    if (method === "DELETE") {
      const id = decodeURIComponent(path.split("/").pop());
      this.rules = this.rules.filter((rule) => rule.id !== id);
      this.left_out = this.left_out.filter((rule) => rule.id !== id);
      return { status: 200, body: {} };
    }
    const refused = this.problem(body);
    if (refused) return refused;
    if (path.endsWith("/preview")) {
      const to_ms = Date.now();
      const found = (hours, minutes) => ({ from_ms: to_ms - hours * 3_600_000, to_ms: to_ms - hours * 3_600_000 + minutes * 60_000 });
      return { status: 200, body: { from_ms: to_ms - 7 * 24 * 3_600_000, to_ms, resolution_ms: 10_000, raised: 12, standing_ms: 95 * 60_000, newest: [found(3, 12), found(30, 4)] } };
    }
    const { revision, ...rule } = body;
    const was = this.rules.find((each) => each.id === rule.id);
    if (revision === "" && was) return conflict("id", "this id is another rule's: choose another", "该标识已用于其他规则，请换一个");
    if (was && revision !== String(was.change ?? 0)) return conflict("revision", "somebody else changed the rule meanwhile: read it again, then change it", "该规则已被他人修改，请重新读取后再修改");
    rule.change = this.changes += 1;
    this.rules = [...this.rules.filter((each) => each.id !== rule.id), rule];
    return { status: 200, body: this.shown(rule) };
  }
}

export function alarm_messages(kind) {
  if (kind === "none") return { steps: [], channels: [], messages: [] };
  const now = Date.now();
  const name = text("CNC-2: spindle temperature high", "2号数控机床：主轴温度过高");
  const problem = kind === "failing" ? text("mail.plant.example:587: connection refused", "mail.plant.example:587：连接被拒绝") : null;
  const message = (channel, state, ago_min, more) => ({
    channel, alarm: "cnc-2.spindle_temperature.high", name, step: "first", ended: false, state, created_ms: now - ago_min * 60_000, done_ms: state === "waiting" ? null : now - ago_min * 60_000 + 900, attempts: 1, problem: null, ...more,
  });
  return {
    steps: [
      { name: "first", after_ms: 300_000, priority: "high", lines: ["line-1"], channels: ["shift-lead"] },
      { name: "then", after_ms: 1_200_000, priority: "high", lines: ["*"], channels: ["shift-lead", "duty"] },
    ],
    channels: [
      { name: "duty", waiting: 0, last_sent_ms: null, problem: null, problem_ms: null, next_ms: null },
      { name: "shift-lead", waiting: problem ? 1 : 0, last_sent_ms: now - 3_600_000, problem, problem_ms: problem && now - 40_000, next_ms: problem && now + 80_000 },
    ],
    messages: [
      ...(problem ? [message("shift-lead", "waiting", 2, { attempts: 3, problem })] : []),
      message("shift-lead", "sent", 60, {}),
      message("shift-lead", "sent", 55, { ended: true, step: "" }),
      message("duty", "withdrawn", 90, { attempts: 0, step: "then" }),
      message("duty", "given_up", 1500, { attempts: 40, name: none, alarm: "press-1.oil_temperature.high", problem: text("no route to host", "无法到达主机") }),
    ],
  };
}
