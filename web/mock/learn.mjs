// Tables to learn from: pumps that ran until they failed, and a mill whose rows say what failed; a training that goes on with
// each look, one that was interrupted.
const text = (en, zh) => ({ en, zh });
const minute = 60_000;

const kept = (table, file, more = {}) => ({ table, file, cut: false, lines: ["line-1"], by: "li", added_ms: Date.now() - 5 * minute, bytes: 184_320, sha256: "5f".repeat(32), ...more });

const column = (name, guess, more = {}) => ({ name, unit: "", numbers: 1170, words: 0, missing: 0, distinct: 65, binary: false, first: ["1", "2", "3"], guess, ...more });

const pumps = [
  column("pump", "asset", { numbers: 0, words: 1170, distinct: 12, first: ["pump-1", "pump-1", "pump-1"] }), column("hours", "time", { unit: "h" }), column("load", "setting", { unit: "kW", distinct: 2, first: ["100", "20", "20"] }),
  column("wear", "input", { unit: "mm", first: ["0.02", "0.11", "0.04"] }), column("heat", "input", { unit: "K", missing: 14, numbers: 1156, first: ["300.1", "61.9", "60.4"] }), column("still", "input", { unit: "V", distinct: 1, first: ["5", "5", "5"] }),
];
const mill = [
  column("kind", "input", { numbers: 0, words: 4000, distinct: 3, first: ["A", "C", "B"] }), column("torque", "input", { unit: "Nm" }), column("failed", "label", { distinct: 2, binary: true, first: ["0", "0", "1"] }),
  column("power", "mode", { distinct: 2, binary: true, first: ["0", "0", "1"] }), column("repair_h", "input", { unit: "h", first: ["0", "0", "3.5"] }),
];

const constant = { finding: "constant", handling: "handled", column: "still", count: 1170, text: text("column 'still' never changes: left out", "列“still”从不变化：不使用") };
const missing = { finding: "missing", handling: "told", column: "heat", count: 14, text: text("column 'heat' has no value in 14 rows", "列“heat”有 14 行没有值") };
const leak = { finding: "leak", handling: "refused", column: "repair_h", count: 4000, text: text("column 'repair_h' alone tells failures from all other rows; if it is known before the failure, rename it; else leave it out", "列“repair_h”单独就能区分所有故障行；若在故障前即可得知，请改名；否则请排除该列") };
const few = { finding: "too_little", handling: "refused", column: "", count: 0, text: text("the history of 0 assets until they failed, 1170 rows: at least 8 assets and 200 rows are needed", "只有 0 台设备运行至故障的历史，共 1170 行：至少需要 8 台设备和 200 行") };

const refusal = (message, message_zh, param) => ({ status: 400, error: { code: "invalid_argument", message, message_zh, param } });

export class MockLearn {
  constructor() {
    this.next = 9_000;
    this.tables = [kept(2_000, "mill.csv", { by: "wang" }), kept(1_000, "pumps.csv")];
    this.trainings = [this.training(500, "old", { state: "interrupted", stage: "waiting", ended_ms: null })];
  }
  training(number, model, more = {}) {
    return { training: number, table: 1_000, file: "pumps.csv", model, kind: "remaining_life", lines: ["line-1"], by: "li", state: "running", stage: "waiting", done: 0, total: 0, per_s: null, left_s: null, started_ms: Date.now() - minute, ended_ms: null, problem: null, ...more };
  }
  list() {
    return { tables: this.tables, lines: ["line-1", "line-2"], may_leave_open: true, most_bytes: 64 * 2 ** 20 };
  }
  add(file, lines, more = {}) {
    const table = kept((this.next += 1), file, { lines, ...more });
    this.tables.unshift(table);
    return table;
  }
  cut({ machines, ends }) {
    if (ends === "") return refusal('name the kind of events that a life ends with: "bearing failed"', "请指定表示寿命结束的事件类别，例如“轴承失效”", "ends");
    return { table: this.add(`${machines[0]}.lives.csv`, ["line-1"], { cut: true }), lives: 11, rows: 1170, without_beginning: 1, too_short: 0 };
  }
  remove(table) {
    const had = this.tables.length;
    this.tables = this.tables.filter((each) => each.table !== table);
    return this.tables.length < had ? {} : null;
  }
  columns(number) {
    const table = this.tables.find((each) => each.table === number);
    if (!table) return null;
    const of_mill = table.file.startsWith("mill");
    const columns = of_mill ? mill : pumps;
    const named = (role) => columns.filter((each) => each.guess === role).map((each) => each.name);
    const mapping = { form: "csv", headers: [], asset: named("asset")[0] ?? "", time: named("time")[0] ?? "", label: named("label")[0] ?? "", modes: named("mode"), ignored: named("ignored") };
    return { table, rows: of_mill ? 4000 : 1170, variables: [], mapping, settings: named("setting"), columns };
  }
  report(number, { mapping }) {
    const table = this.columns(number);
    if (!table) return null;
    if (mapping.label && !["failed", "power"].includes(mapping.label)) return refusal(`column '${mapping.label}' says whether something failed: expected 0 or 1 in every row`, `列“${mapping.label}”表示是否故障：每行应为 0 或 1`, "label");
    const life = mapping.label === "";
    const findings = life ? [...(mapping.asset ? [] : [few]), missing, constant] : [leak];
    const used = findings.filter((each) => !mapping.ignored.includes(each.column));
    return {
      kind: life ? "remaining_life" : "failure", trainable: used.every((each) => each.handling !== "refused"), time: mapping.time, life: life && mapping.asset ? { least: 60, median: 102, most: 137 } : null,
      rows: table.rows, assets: life && mapping.asset ? 12 : 0, columns: 4, failures: life ? 12 : 143, findings: used,
    };
  }
  start(order, cards) {
    if (!/^[\w-][\w.-]*$/.test(order.name)) return refusal("'name': expected letters, digits, '-', '_' and '.', at most 64", "“name”应由字母、数字、“-”、“_”和“.”组成，最多 64 个字符", "name");
    if (cards.some((each) => each.name === order.name) && !order.replace) return { ...refusal(`there is a model '${order.name}': say that it is to be replaced, or name another`, `已有模型“${order.name}”：请确认替换，或换一个名称`, "name"), status: 409 };
    const job = this.training((this.next += 1), order.name, { table: order.table, kind: order.mapping.label ? "failure" : "remaining_life" });
    this.trainings.unshift(job);
    return job;
  }
  find(number) {
    return this.trainings.find((each) => each.training === number) ?? null;
  }
  /** A look takes it a step on. */
  look(number) {
    const job = this.find(number);
    if (job?.state !== "running") return job;
    if (job.done >= 1200) return Object.assign(job, { state: "done", ended_ms: Date.now() });
    return Object.assign(job, { stage: "trees", done: job.done + 400, total: 1200, per_s: 41, left_s: (1200 - job.done - 400) / 41 });
  }
  cancel(number) {
    const job = this.find(number);
    return job?.state === "running" ? Object.assign(job, { state: "cancelled", ended_ms: Date.now() }) : null;
  }
}
