// Connecting a machine: from the address to values in the plant, the mistakes, taking it away again.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { open_bench, serious_findings, sideways } from "./harness.mjs";

let bench;
before(async () => {
  bench = await open_bench();
});
afterEach(() => bench.reset());
after(() => bench.close());

const sent = () => JSON.parse(bench.mock.scenario.requests.findLast((each) => each.startsWith("PUT /api/plant/setup ")).slice("PUT /api/plant/setup ".length));

async function panel(options = {}, scenario = {}) {
  bench.mock.set({ session: "admin", ...scenario });
  const opened = await bench.page("/connections", options);
  await opened.page.waitForSelector(".setup");
  return opened;
}

describe("adding a connection", () => {
  it("goes from a Modbus device's address to its value by keyboard (en)", async () => {
    const { page, problems } = await panel();
    await page.getByRole("button", { name: "Add a connection" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "1 of 3: where it is" }).waitFor();
    await page.getByLabel("Name of the connection").fill("press-plc");
    await page.getByLabel("Address", { exact: true }).fill("10.0.0.7");
    await page.getByLabel("Scale").fill("0.1");
    await page.keyboard.press("Enter");
    await page.getByText("21.5", { exact: true }).waitFor();
    assert.deepEqual(await serious_findings(page), []);
    await page.getByLabel("Identifier").first().fill("press-1");
    await page.getByLabel("Name, Chinese").first().fill("一号压机");
    await page.getByRole("group", { name: "holding 0" }).getByLabel("Identifier").fill("oil");
    await page.getByLabel("Unit of measure").fill("degC");
    await page.getByLabel("Normal to").fill("80");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("The simulated plant goes").waitFor();
    await page.getByText("press-1/oil degC").waitFor();
    assert.deepEqual(await serious_findings(page), []);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The plant runs with the new connections.").waitFor();
    const setup = sent();
    assert.deepEqual(setup.connectors, [{ register: [{ table: "holding", address: 0, type: "u16", scale: 0.1, tag: "press-1/oil" }], address: "10.0.0.7", unit: 1, name: "press-plc", kind: "modbus_tcp" }]);
    assert.deepEqual(setup.description.assets[0], { id: "press-1", kind: "press-1", line: "line-1", name: { en: "一号压机", zh: "一号压机" }, tags: [{ id: "oil", unit: "degC", watchdog_s: 10, normal: [null, 80] }] });
    assert.deepEqual(problems, []);
  });

  it("takes values out of a topic's payload, on a phone (zh)", async () => {
    const { page, problems } = await panel({ lang: "zh", width: 390, height: 844 });
    await page.getByRole("button", { name: "添加连接" }).click();
    await page.getByLabel("类型", { exact: true }).selectOption("mqtt");
    await page.getByLabel("地址").fill("tcp://10.0.0.8:1883");
    await page.getByLabel("用户").fill("millwright");
    await page.getByLabel("密码").fill("hunter2 hunter2");
    await page.getByRole("button", { name: "查看" }).click();
    await page.getByRole("checkbox", { name: "factory/oven/climate /temp" }).check();
    await page.getByLabel("标识").first().fill("oven-1");
    assert.equal(await sideways(page), 0);
    await page.getByRole("button", { name: "继续" }).click();
    await page.getByText("将结束模拟工厂").waitFor();
    await page.getByRole("button", { name: "保存" }).click();
    await page.getByText("工厂已使用新的连接运行。").waitFor();
    assert.deepEqual(sent().broker, { user: "millwright", password: "hunter2 hunter2", topic: [{ topic: "factory/oven/climate", value: "/temp", tag: "oven-1/climate_temp" }], address: "tcp://10.0.0.8:1883" });
    assert.deepEqual(problems, []);
  });

  it("offers an OPC UA server's variables with unit and range", async () => {
    const { page } = await panel();
    await page.getByRole("button", { name: "Add a connection" }).click();
    await page.getByLabel("Kind").selectOption("opcua");
    await page.getByLabel("Name of the connection").fill("press");
    await page.getByLabel("Address", { exact: true }).fill("opc.tcp://10.0.0.9");
    await page.getByLabel("Security").selectOption("none");
    await page.getByRole("button", { name: "Look" }).click();
    await page.getByRole("checkbox", { name: "Press / Oil" }).check();
    await page.getByText("There is more than was looked at.").waitFor();
    assert.equal(await page.getByLabel("Unit of measure").inputValue(), "degC");
    assert.equal(await page.getByLabel("Normal to").inputValue(), "80");
  });

  it("says at the field what is wrong, and why nobody answers", async () => {
    const { page, expect_problem } = await panel();
    expect_problem(/400|503/);
    await page.getByRole("button", { name: "Add a connection" }).click();
    await page.getByLabel("Name of the connection").fill("Press PLC");
    await page.getByLabel("Address", { exact: true }).fill("10.0.0.99");
    await page.getByRole("button", { name: "Look" }).click();
    await page.getByText("10.0.0.99:502: connection refused").waitFor();
    await page.getByLabel("Address", { exact: true }).fill("10.0.0.7");
    await page.getByLabel("Register's address").fill("70000");
    await page.getByRole("button", { name: "Look" }).click();
    await page.locator('[aria-invalid="true"]').waitFor();
    await page.getByText("must be a whole number from 0 to 65535").waitFor();
  });

  it("tells when what was saved did not come up", async () => {
    const { page } = await panel({}, { setup: "fails" });
    await page.getByRole("button", { name: "Add a connection" }).click();
    await page.getByLabel("Name of the connection").fill("plc");
    await page.getByLabel("Address", { exact: true }).fill("10.0.0.7");
    await page.getByRole("button", { name: "Look" }).click();
    await page.getByLabel("Identifier").first().fill("press-1");
    await page.getByRole("group", { name: "holding 0" }).getByLabel("Identifier").fill("oil");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("was taken back: no space").waitFor();
  });
});

describe("many values at once", () => {
  it("maps all that a search finds, after a preview that names each conflict", async () => {
    const { page, problems } = await panel();
    await page.getByRole("button", { name: "Add a connection" }).click();
    await page.getByLabel("Kind").selectOption("opcua");
    await page.getByLabel("Name of the connection").fill("oven");
    await page.getByLabel("Address", { exact: true }).fill("opc.tcp://10.0.0.20");
    await page.getByRole("button", { name: "Look" }).click();
    await page.getByRole("button", { name: "Map all 153 found" }).waitFor();
    await page.getByLabel("Identifier").first().fill("oven-1");
    await page.getByLabel("Search").fill("zone");
    await page.getByRole("button", { name: "Map all 151 found" }).click();
    const plan = page.getByRole("group", { name: "Map all found" });
    await plan.getByText("150 values become tags of oven-1. °C: 150").waitFor();
    await plan.getByText("Oven / Spare / Zone 7 Temperature: zone_7_temperature is that of Oven / Main / Zone 7 Temperature already").waitFor();
    assert.ok(await plan.getByRole("button", { name: "Map 150" }).isDisabled());
    assert.deepEqual(await serious_findings(page), []);
    await page.screenshot({ path: "/tmp/found_map_all.png" });
    await plan.getByLabel("Called by").selectOption("path");
    await plan.getByText("151 values become tags of oven-1.").waitFor();
    await plan.getByRole("button", { name: "Map 151" }).click();
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("oven-1/oven_spare_zone_7_temperature degC").waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The plant runs with the new connections.").waitFor();
    const setup = sent(); // one request: all of it or nothing
    assert.equal(setup.connectors[0].node.length, 151);
    assert.equal(setup.description.assets[0].tags.length, 151);
    assert.deepEqual(problems, []);
  });

  it("passes over what conflicts where that is wanted, on a phone (zh)", async () => {
    const { page } = await panel({ lang: "zh", width: 390, height: 844 });
    await page.getByRole("button", { name: "添加连接" }).click();
    await page.getByLabel("类型", { exact: true }).selectOption("opcua");
    await page.getByLabel("连接名称").fill("oven");
    await page.getByLabel("地址", { exact: true }).fill("opc.tcp://10.0.0.20");
    await page.getByRole("button", { name: "查看" }).click();
    await page.getByRole("button", { name: "全部映射（153 个）" }).click();
    await page.getByText("Oven / Main / 温度：无法生成标识").waitFor();
    await page.getByText("2 个有冲突").waitFor();
    await page.getByRole("checkbox", { name: "跳过这些" }).check();
    assert.equal(await sideways(page), 0);
    await page.getByRole("button", { name: "映射 151 个" }).click();
    assert.equal(await page.getByRole("checkbox", { name: "Oven / Main / Zone 7 Temperature" }).isChecked(), true);
  });
});

describe("values between samples", () => {
  it("go in steps, or along lines where somebody says so, by keyboard (en)", async () => {
    const { page, problems } = await panel();
    await page.getByRole("button", { name: "Add a connection" }).click();
    await page.getByLabel("Name of the connection").fill("press-plc");
    await page.getByLabel("Address", { exact: true }).fill("10.0.0.7");
    await page.getByRole("button", { name: "Look" }).click();
    await page.getByLabel("Identifier").first().fill("press-1");
    const value = page.getByRole("group", { name: "holding 0" });
    await value.getByLabel("Identifier").fill("oil");
    const between = value.getByLabel("Between samples");
    assert.equal(await between.inputValue(), "stepped");
    await between.focus();
    await page.keyboard.press("ArrowDown");
    assert.equal(await between.inputValue(), "linear");
    assert.ok((await between.boundingBox()).height >= 44, "a target of 44 px");
    assert.deepEqual(await serious_findings(page), []);
    await page.screenshot({ path: "/tmp/found_between.png" });
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The plant runs with the new connections.").waitFor();
    assert.equal(sent().description.assets[0].tags[0].interpolation, "linear");
    await page.getByRole("button", { name: "Change press-plc" }).click();
    await page.getByRole("button", { name: "Go on without looking" }).click();
    await page.getByLabel("Between samples").selectOption("in steps");
    await page.getByRole("button", { name: "Go on", exact: true }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The plant runs with the new connections.").waitFor();
    assert.equal(sent().description.assets[0].tags[0].interpolation, undefined);
    assert.deepEqual(problems, []);
  });

  it("are said in Chinese, on a phone (zh)", async () => {
    const { page } = await panel({ lang: "zh", width: 390, height: 844 });
    await page.getByRole("button", { name: "添加连接" }).click();
    await page.getByLabel("连接名称").fill("press-plc");
    await page.getByLabel("地址", { exact: true }).fill("10.0.0.7");
    await page.getByRole("button", { name: "查看" }).click();
    await page.getByLabel("采样之间").selectOption("沿直线变化");
    assert.equal(await sideways(page), 0);
    await page.screenshot({ path: "/tmp/found_between_phone.png", fullPage: true });
  });
});

describe("another unit", () => {
  it("asks at the field what it means, before anything is saved", async () => {
    const { page, problems } = await panel();
    const add = async () => {
      await page.getByRole("button", { name: "Add a connection" }).click();
      await page.getByLabel("Name of the connection").fill("press-plc");
      await page.getByLabel("Address", { exact: true }).fill("10.0.0.7");
      await page.getByRole("button", { name: "Look" }).click();
      await page.getByLabel("Identifier").first().fill("press-1");
      await page.getByRole("group", { name: "holding 0" }).getByLabel("Identifier").fill("oil");
      await page.getByLabel("Unit of measure").fill("degC");
      await page.getByRole("button", { name: "Go on" }).click();
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("The plant runs with the new connections.").waitFor();
    };
    await add();
    await page.getByRole("button", { name: "Change press-plc" }).click();
    await page.getByRole("button", { name: "Go on without looking" }).click();
    await page.getByLabel("Unit of measure").fill("degF");
    await page.getByText("Stored values of oil are in degC. Never converted").waitFor();
    assert.ok(await page.getByRole("button", { name: "Go on", exact: true }).isDisabled());
    assert.deepEqual(await serious_findings(page), []);
    await page.screenshot({ path: "/tmp/found_unit.png" });
    await page.getByRole("button", { name: "It was degF all along" }).click();
    await page.getByText("the history of oil is called degF instead of degC").waitFor();
    await page.getByLabel("Unit of measure").fill("K"); // asked anew
    await page.getByRole("button", { name: "The device now sends K: go on as oil_k" }).click();
    await page.getByText("stay stored under oil, in degC").waitFor();
    await page.getByRole("button", { name: "Go on", exact: true }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The plant runs with the new connections.").waitFor();
    assert.deepEqual(sent().description.assets[0].tags, [{ id: "oil_k", unit: "K", watchdog_s: 10, earlier: [{ id: "oil", unit: "degC" }] }]);
    await page.getByRole("button", { name: "Change press-plc" }).click();
    await page.getByRole("button", { name: "Go on without looking" }).click();
    await page.getByRole("group", { name: "holding 0" }).getByLabel("Identifier").fill("oil_temperature");
    await page.getByText("Values and alarm rules of press-1/oil_k go on as press-1/oil_temperature.").waitFor();
    await page.screenshot({ path: "/tmp/found_renamed.png" });
    await page.getByRole("button", { name: "Go on", exact: true }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The plant runs with the new connections.").waitFor();
    assert.deepEqual(sent().description.formerly, [{ tag: "press-1/oil_temperature", id: "press-1/oil_k" }]);
    assert.deepEqual(sent().description.assets[0].tags[0].earlier, [{ id: "oil", unit: "degC" }]);
    assert.deepEqual(problems, []);
  });
});

describe("Sparkplug B", () => {
  it("maps what edge nodes have, and asks them only where that is ticked (en)", async () => {
    const { page, problems } = await panel();
    await page.getByRole("button", { name: "Add a connection" }).click();
    await page.getByLabel("Kind").selectOption("sparkplug");
    await page.getByLabel("Name of the connection").fill("cell");
    await page.getByLabel("Address", { exact: true }).fill("tcp://10.0.0.5:1883");
    await page.getByLabel("Groups").fill("Plant1");
    assert.deepEqual(await serious_findings(page), []);
    await page.screenshot({ path: "/tmp/found_sparkplug_where.png" });
    await page.getByRole("checkbox", { name: "Ask edge nodes to tell all anew" }).uncheck();
    await page.getByRole("button", { name: "Look" }).click();
    await page.getByText("Nothing was seen there.").waitFor();
    await page.getByRole("button", { name: "Back" }).click();
    await page.getByRole("checkbox", { name: "Ask edge nodes to tell all anew" }).check();
    await page.getByLabel("Our name as a host application").fill("millwright");
    await page.getByRole("button", { name: "Look" }).click();
    await page.getByRole("button", { name: "Map all 3 found" }).click();
    const plan = page.getByRole("group", { name: "Map all found" });
    await plan.getByText("Plant1 / Gateway2 / Press1 / Oil/Temperature: temperature is that of Plant1 / Gateway1 / Press1 / Oil/Temperature already").waitFor();
    await plan.getByRole("checkbox", { name: "Pass over those" }).check();
    await plan.getByRole("button", { name: "Map 2" }).click();
    await page.getByLabel("Identifier").first().fill("press-1");
    assert.equal(await page.getByLabel("Unit of measure").inputValue(), "degC");
    assert.deepEqual(await serious_findings(page), []);
    await page.screenshot({ path: "/tmp/found_sparkplug_what.png" });
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The plant runs with the new connections.").waitFor();
    const device = { group: "Plant1", edge: "Gateway1", device: "Press1" };
    assert.deepEqual(sent().connectors, [{ metric: [{ ...device, metric: "Oil/Temperature", tag: "press-1/temperature" }, { ...device, metric: "Mode", tag: "press-1/mode" }], broker: "tcp://10.0.0.5:1883", rebirth: true, groups: ["Plant1"], host_id: "millwright", name: "cell", kind: "sparkplug" }]);
    assert.deepEqual(sent().description.assets[0].tags.map((each) => [each.id, each.kind ?? "number", each.unit]), [["temperature", "number", "degC"], ["mode", "state", ""]]);
    await page.getByRole("button", { name: "Change cell" }).click();
    assert.equal(await page.getByLabel("Our name as a host application").inputValue(), "millwright");
    assert.deepEqual(problems, []);
  });

  it("fits a phone, and its boxes a finger (zh)", async () => {
    const { page } = await panel({ lang: "zh", width: 390, height: 844 });
    await page.getByRole("button", { name: "添加连接" }).click();
    await page.getByLabel("类型", { exact: true }).selectOption("sparkplug");
    const tick = page.locator("label.tick", { hasText: "请求边缘节点重新上报全部数据" });
    assert.ok((await tick.boundingBox()).height >= 44, "a target of 44 px");
    assert.equal(await sideways(page), 0);
    await page.screenshot({ path: "/tmp/found_sparkplug_phone.png", fullPage: true });
  });
});

describe("a private authority", () => {
  const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

  it("is pasted or chosen, refused where it is none, shown with its end and taken away (en)", async () => {
    const { page, problems, expect_problem } = await panel();
    expect_problem(/400/);
    await page.getByRole("button", { name: "Add a connection" }).click();
    await page.getByLabel("Kind").selectOption("kafka");
    await page.getByLabel("Name of the connection").fill("bus");
    await page.getByLabel("Address", { exact: true }).fill("10.0.0.7:9093");
    assert.equal(await page.getByLabel("Certificate of its authority (CA)").count(), 0, "without TLS there is none");
    await page.getByRole("checkbox", { name: "TLS" }).check();
    await page.getByLabel("Certificate of its authority (CA)").fill("hello");
    await page.getByRole("button", { name: "Look" }).click();
    await page.locator('textarea[aria-invalid="true"]').waitFor();
    await page.getByText("it is not a certificate: expected PEM").waitFor();
    const file = page.getByLabel("Or choose a file");
    assert.ok((await file.boundingBox()).height >= 44, "a target of 44 px");
    await file.setInputFiles({ name: "big.pem", mimeType: "application/x-pem-file", buffer: Buffer.alloc(70_000, "x") });
    await page.getByText("Over 64 KiB").waitFor();
    await file.setInputFiles({ name: "works.pem", mimeType: "application/x-pem-file", buffer: Buffer.from(pem) });
    await page.waitForFunction(() => document.querySelector("textarea").value.startsWith("-----BEGIN"));
    assert.deepEqual(await serious_findings(page), []);
    await page.screenshot({ path: "/tmp/found_ca.png", fullPage: true });
    await page.getByRole("button", { name: "Look" }).click();
    await page.getByRole("checkbox", { name: "ovens oven-1 /zones/0/t" }).check();
    await page.getByLabel("Identifier").first().fill("oven-1");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The plant runs with the new connections.").waitFor();
    assert.equal(sent().connectors[0].ca, pem);
    await page.locator('[data-setup="bus"]').getByText("CN=Works CA, until 2034-05-01").waitFor();
    await page.screenshot({ path: "/tmp/found_ca_list.png" });
    await page.getByRole("button", { name: "Change bus" }).click();
    const kept = page.getByRole("group", { name: "Certificate of its authority (CA)" });
    await kept.getByText("CN=Works CA, until 2034-05-01").waitFor();
    await kept.getByRole("button", { name: "Take the certificate away" }).click();
    assert.equal(await page.getByLabel("Certificate of its authority (CA)").inputValue(), "");
    await page.getByRole("button", { name: "Go on without looking" }).click();
    await page.getByRole("button", { name: "Go on", exact: true }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The plant runs with the new connections.").waitFor();
    assert.equal(sent().connectors[0].ca, undefined);
    assert.deepEqual(problems, []);
  });

  it("is asked for where MQTT speaks TLS, on a phone (zh)", async () => {
    const { page } = await panel({ lang: "zh", width: 390, height: 844 });
    await page.getByRole("button", { name: "添加连接" }).click();
    await page.getByLabel("类型", { exact: true }).selectOption("mqtt");
    await page.getByLabel("地址").fill("tcp://10.0.0.8:1883");
    assert.equal(await page.getByLabel("颁发机构（CA）的证书").count(), 0);
    await page.getByLabel("地址").fill("ssl://10.0.0.8:8883");
    await page.getByLabel("颁发机构（CA）的证书").fill(pem);
    assert.equal(await sideways(page), 0);
    await page.getByRole("button", { name: "查看" }).click();
    await page.getByRole("checkbox", { name: "factory/oven/climate /temp" }).check();
    await page.getByLabel("标识").first().fill("oven-1");
    await page.getByRole("button", { name: "继续" }).click();
    await page.getByRole("button", { name: "保存" }).click();
    await page.getByText("工厂已使用新的连接运行。").waitFor();
    assert.equal(sent().broker.ca, pem);
    await page.getByText("CN=Works CA，有效期至 2034-05-01").waitFor();
    await page.screenshot({ path: "/tmp/found_ca_phone.png", fullPage: true });
  });
});

describe("Kafka", () => {
  it("goes from brokers to a tag of one key, with a log-in that the server keeps", async () => {
    const { page, problems, expect_problem } = await panel();
    expect_problem(/400/);
    await page.getByRole("button", { name: "Add a connection" }).click();
    await page.getByLabel("Kind").selectOption("kafka");
    await page.getByLabel("Name of the connection").fill("bus");
    await page.getByLabel("Address", { exact: true }).fill("10.0.0.7:9092");
    await page.getByRole("checkbox", { name: "TLS" }).check();
    await page.getByLabel("Log-in (SASL)").selectOption("scram_sha256");
    await page.getByLabel("User").fill("millwright");
    await page.getByRole("button", { name: "Look" }).click();
    await page.getByText("sasl needs a user and a password").waitFor();
    await page.getByLabel("Password").fill("hunter2 hunter2");
    await page.getByRole("button", { name: "Look" }).click();
    await page.getByRole("checkbox", { name: "ovens oven-1 /zones/0/t" }).check();
    assert.equal(await page.getByLabel("Only records of key").inputValue(), "oven-1");
    assert.deepEqual(await serious_findings(page), []);
    await page.getByLabel("Identifier").first().fill("oven-1");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The plant runs with the new connections.").waitFor();
    assert.deepEqual(sent().connectors, [{ user: "millwright", password: "hunter2 hunter2", topic: [{ topic: "ovens", key: "oven-1", value: "/zones/0/t", tag: "oven-1/ovens_zones_0_t" }], address: "10.0.0.7:9092", tls: true, sasl: "scram_sha256", name: "bus", kind: "kafka" }]);
    await page.getByText("Kafka · 10.0.0.7:9092").waitFor();
    await page.screenshot({ path: "/tmp/found_kafka.png" });
    assert.deepEqual(problems, []);
  });
});

describe("who may", () => {
  it("shows nothing of it to others", async () => {
    bench.mock.set({ session: "in" });
    const { page } = await bench.page("/connections");
    await page.waitForSelector(".connections-list li");
    assert.equal(await page.locator(".setup").count(), 0);
  });

  it("says why config.toml wins", async () => {
    const { page } = await panel({}, { setup: "fixed" });
    await page.getByText("config.toml says what the plant is").waitFor();
    assert.equal(await page.getByRole("button", { name: "Add a connection" }).count(), 0);
  });
});
