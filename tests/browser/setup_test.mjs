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
    await page.getByLabel("类型").selectOption("mqtt");
    await page.getByLabel("地址").fill("tcp://10.0.0.8:1883");
    await page.getByLabel("用户").fill("millwright");
    await page.getByLabel("密码").fill("hunter2 hunter2");
    await page.getByRole("button", { name: "查看" }).click();
    await page.getByLabel("factory/oven/climate /temp").check();
    await page.getByLabel("标识").first().fill("oven-1");
    assert.ok((await sideways(page)) <= 0);
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
    await page.getByLabel("Press / Oil").check();
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
