// The mock answers in the shapes that the real server describes, in every scenario: what the
// browser tests hold the console to is what the server sends.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { schema_problems } from "./schema_check.mjs";
import { create_mock } from "./server.mjs";

const schemas = JSON.parse(readFileSync(new URL("../../src/server/api/schemas/own.json", import.meta.url), "utf8"));
let mock;
beforeAll(async () => {
  mock = await create_mock();
});
beforeEach(() => {
  mock.reset();
  mock.set({ delay_ms: 1 });
});
afterAll(() => mock.close());

const get = async (path) => (await fetch(mock.url + path)).json();
const holds = (name, value) => expect(schema_problems(schemas[name], value, schemas).slice(0, 5), name).toEqual([]);

async function events(path, body, enough) {
  const stop = new AbortController();
  const response = await fetch(mock.url + path, body ? { method: "POST", body: JSON.stringify(body), signal: stop.signal } : { signal: stop.signal });
  const found = [];
  let text = "";
  for await (const piece of response.body) {
    text += Buffer.from(piece).toString();
    const parts = text.split("\n\n");
    text = parts.pop();
    for (const part of parts) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/s.exec(part);
      found.push([event, JSON.parse(data)]);
    }
    if (enough(found)) break;
  }
  stop.abort();
  return found;
}

describe("the checker", () => {
  it("finds what is wrong", () => {
    const schema = { type: "object", properties: { a: { type: "array", items: { $ref: "#/x/T" } } }, required: ["a", "b"] };
    expect(schema_problems(schema, { a: [1, "2"] }, { T: { type: "number" } })).toEqual(["$.b: missing", "$.a[1]: string instead of number"]);
  });
});

describe("the mock's shapes are the server's", () => {
  it("plant, in every condition", async () => {
    for (const change of [{}, { plant: "none" }, { broker: "down" }, { broker: "up", connectors: "failed" }, { connectors: "none" }]) {
      mock.set(change);
      holds("Plant", await get("/api/plant"));
    }
  });
  it("series, of values and of states", async () => {
    const to_ms = Date.now();
    holds("EarlierHistories", await get("/api/plant/earlier?asset=press-1"));
    for (const tag of ["cnc-2/spindle_vibration", "cnc-2/state", "press-1/oil"]) {
      const series = await get(`/api/plant/series?tag=${tag}&from_ms=${to_ms - 3_600_000}&to_ms=${to_ms}&points=100`);
      holds("Series", series);
      expect(series.points.length + series.spans.length).toBeGreaterThan(0);
    }
  });
  it("OEE, with and without enough evidence", async () => {
    const to_ms = Date.now();
    for (const oee of ["data", "missing"]) {
      mock.set({ oee });
      for (const asset of ["press-1", "cnc-1", "furnace-1"]) holds("Oee", await get(`/api/oee?asset=${asset}&from_ms=${to_ms - 8 * 3_600_000}&to_ms=${to_ms}`));
    }
  });
  it("health of machines and cases", async () => {
    for (const health of ["some", "none", "view"]) {
      mock.set({ health });
      holds("MachineHealthList", await get("/api/maintenance/health"));
      holds("MaintenanceCaseList", await get("/api/maintenance/cases"));
      holds("MachineLifeList", await get("/api/maintenance/life"));
    }
    holds("MaintenanceCase", await get("/api/maintenance/cases/2"));
    holds("WorkOrder", await get("/api/maintenance/cases/2/work_order?mode=cooling"));
    holds("CaseRecording", await get("/api/maintenance/cases/2/recording"));
    holds("MachineLife", await get("/api/maintenance/life/cnc-2"));
    const told = await fetch(`${mock.url}/api/maintenance/reports/read`, { method: "POST", body: JSON.stringify({ text: "Noise. Worn bearing. Replaced." }) });
    holds("MaintenanceReport", await told.json());
    holds("LifeModelList", await get("/api/maintenance/life_models"));
    holds("HealthVersions", await get("/api/maintenance/models/cnc-1"));
    holds("MaintenanceCardList", await get("/api/maintenance/cards"));
    holds("HealthSchedule", await get("/api/maintenance/models/cnc-1/schedule"));
    holds("HealthReplayJob", await get("/api/maintenance/models/cnc-1/replay"));
  });
  it("tables to learn from and trainings", async () => {
    const list = await get("/api/maintenance/tables");
    holds("MaintenanceTableList", list);
    for (const { table } of list.tables) {
      const columns = await get(`/api/maintenance/tables/${table}`);
      holds("MaintenanceTableColumns", columns);
      const report = await fetch(`${mock.url}/api/maintenance/tables/${table}/report`, { method: "POST", body: JSON.stringify({ mapping: columns.mapping }) });
      holds("MaintenanceTableReport", await report.json());
    }
    const post = async (path, body) => (await fetch(`${mock.url}${path}`, { method: "POST", body: JSON.stringify(body) })).json();
    holds("LivesCut", await post("/api/maintenance/lives", { machines: ["press-1"], ends: "bearing failed" }));
    const job = await post("/api/maintenance/trainings", { table: 1_000, name: "new", mapping: {} });
    holds("TableTraining", job);
    for (let i = 0; i < 5; i += 1) holds("TableTraining", await get(`/api/maintenance/trainings/${job.training}`));
    holds("TableTrainingList", await get("/api/maintenance/trainings"));
  });
  it("vibration of a machine", async () => {
    const list = await get("/api/maintenance/vibration/cnc-1");
    holds("VibrationList", list);
    holds("VibrationReport", await get(`/api/maintenance/vibration/cnc-1/recordings/${list.recordings[0].number}`));
    holds("VibrationWaterfall", await get("/api/maintenance/vibration/cnc-1/waterfall?point=drive%20end"));
  });
  it("batches, with and without any", async () => {
    const to_ms = Date.now();
    for (const asset of ["press-1", "cnc-1"]) holds("BatchList", await get(`/api/plant/batches?asset=${asset}&from_ms=${to_ms - 8 * 3_600_000}&to_ms=${to_ms}`));
  });
  it("what was noted of a machine", async () => {
    const to_ms = Date.now() + 1000;
    for (const asset of ["press-1", "cnc-1"]) holds("PlantEventList", await get(`/api/plant/events?asset=${asset}&from_ms=${to_ms - 8 * 3_600_000}&to_ms=${to_ms}`));
    const year = await get(`/api/plant/events?asset=press-1&from_ms=${to_ms - 365 * 86_400_000}&to_ms=${to_ms}`);
    holds("PlantEventList", year);
    expect(year.kinds).toEqual([{ kind: "轴承失效", count: 2 }, { kind: "轴承已更换", count: 2 }]);
  });
  it("how a connection did", async () => {
    for (const name of ["press-plc", "broker", "oven-files"]) holds("ConnectorHistory", await get(`/api/connectors/${name}/history`));
  });
  it("system and models, in every condition", async () => {
    for (const system of ["data", "none", "disk", "over", "unmeasured"]) {
      mock.set({ system });
      holds("System", await get("/api/system"));
    }
    for (const retention of ["none", "some", "failing"]) {
      mock.set({ retention });
      holds("System", await get("/api/system"));
    }
    mock.set({ part_of_plant: true });
    holds("System", await get("/api/system"));
    for (const certificate of ["none", "valid", "expires_soon", "expired", "not_yet_valid", "refused"]) {
      mock.set({ certificate });
      holds("System", await get("/api/system"));
    }
    for (const models of ["ready", "none", "fetching", "loading", "failed"]) {
      mock.set({ models });
      holds("ModelList", await get("/api/models"));
    }
  });
  it("alarm rules, what they would have done, and messages", async () => {
    for (const rules of ["some", "none", "left_out"]) {
      mock.set({ rules });
      holds("AlarmRuleList", await get("/api/alarms/rules"));
    }
    mock.set({ rules: "some" });
    const [rule] = (await get("/api/alarms/rules")).rules;
    const send = async (method, path) => (await fetch(mock.url + path, { method, body: JSON.stringify(rule) })).json();
    holds("AlarmRulePreview", await send("POST", "/api/alarms/rules/preview"));
    holds("AlarmRule", await send("PUT", "/api/alarms/rules"));
    for (const messages of ["none", "well", "failing"]) {
      mock.set({ messages });
      holds("AlarmMessages", await get("/api/alarms/messages"));
    }
  });
  it("alarms, what is done with them, and their journal", async () => {
    for (const alarms of ["some", "flood", "view", "none"]) {
      mock.set({ alarms });
      holds("AlarmList", await get("/api/alarms"));
    }
    mock.set({ alarms: "some" });
    const [first] = (await get("/api/alarms")).alarms;
    const act = (action) => fetch(`${mock.url}/api/alarms/actions`, { method: "POST", body: JSON.stringify({ alarm: first.id, action, note: "x", minutes: 15 }) });
    for (const action of ["acknowledge", "shelve", "unshelve"]) holds("Alarm", await (await act(action)).json());
    expect((await act("unshelve")).status).toBe(409);
    const journal = await get("/api/alarms/journal");
    holds("AlarmJournal", journal);
    expect(journal.entries[0].event).toBe("unshelved");
  });
  it("requests, listed, one, and none", async () => {
    const list = await get("/api/requests?limit=40");
    holds("RequestList", list);
    expect(list.requests).toHaveLength(40);
    holds("FinishedRequest", await get(`/api/requests/${list.requests[3].id}`));
    holds("ErrorResponse", await get("/api/requests/req_0"));
    mock.set({ history: "none" });
    holds("RequestList", await get("/api/requests"));
  });
  it("events", async () => {
    const found = await events("/api/events", null, (list) => list.length >= 6);
    expect(found.map(([event]) => event).slice(0, 5)).toEqual(["plant", "system", "models", "alarms", "requests"]);
    for (const [event, data] of found) {
      if (event === "plant") holds("LivePlant", data);
      if (event === "system") holds("System", data);
      if (event === "alarms") holds("AlarmList", data);
      if (event === "requests") holds("RequestList", data);
    }
  });
  it("answers, refusals and choices", async () => {
    for (const question of ["What is the spindle temperature of CNC-2?", "现在有什么异常？", "Compare the spindle temperature of CNC-1 and CNC-2", "How long was CNC-1 running?", "Who won?", "What is the temperature?"]) {
      const found = await events("/api/ask", { question, lang: null, reading_id: "" }, (list) => list.some(([event]) => event === "done"));
      const [, done] = found.find(([event]) => event === "done");
      for (const item of done.evidence) holds("Evidence", item);
      holds("AskAnswer", done);
      const known = new Set(done.evidence.map((item) => item.id));
      for (const sentence of done.sentences) for (const id of sentence.evidence) expect(known).toContain(id);
    }
  });
  it("errors", async () => {
    mock.set({ plant: "error" });
    holds("ErrorResponse", await get("/api/plant"));
    holds("ErrorResponse", await get("/api/nowhere"));
  });
});
