// Alarms: acknowledge, shelve with a reason, the journal, and what who may not act sees.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { open_bench, serious_findings, sideways } from "./harness.mjs";

let bench;
before(async () => {
  bench = await open_bench();
});
afterEach(() => bench.reset());
after(() => bench.close());

const item = (page, id) => page.locator(`[data-alarm="${id}"]`);
const hot = "cnc-2.spindle_temperature.high";

async function alarms_page(options = {}, path = "/alarms") {
  const opened = await bench.page(path, options);
  await opened.page.waitForSelector(".alarms-page");
  return opened;
}

describe("the list", () => {
  for (const [lang, words] of [
    ["en", ["2 alarms to see to, 2 standing, 1 shelved", "CNC-2: spindle temperature high", "critical", "Stop after this part", "within 15 min", "went by itself", "chattering", "cannot be trusted"]],
    ["zh", ["2 条待处理，2 条存在中，1 条已搁置", "2号数控机床：主轴温度过高", "紧急", "停机检查润滑脂", "15 分钟内", "已自行消失", "抖动", "不可信"]],
  ]) {
    it(`says what it is, since when and what to do (${lang})`, async () => {
      const { page, problems } = await alarms_page({ lang });
      await item(page, hot).waitFor();
      const text = await page.textContent(".alarms-page");
      for (const word of words) assert.ok(text.includes(word), word);
      assert.deepEqual(problems, []);
    });
  }

  it("puts first what somebody has to see to", async () => {
    const { page } = await alarms_page();
    await item(page, hot).waitFor();
    const groups = await page.locator("[data-alarm-group]").evaluateAll((all) => all.map((each) => each.dataset.alarmGroup));
    assert.deepEqual(groups, ["to_see_to", "standing", "aside"]);
  });

  it("is calm when there is nothing", async () => {
    bench.mock.set({ alarms: "none" });
    const { page } = await alarms_page();
    await page.getByText("No alarms").waitFor();
  });

  it("says that there are too many to see to each", async () => {
    bench.mock.set({ alarms: "flood" });
    const { page } = await alarms_page();
    await page.getByText("14 alarms in the last ten minutes").waitFor();
  });

  it("tells why it cannot be shown, and tries again", async () => {
    bench.mock.set({ alarms: "error" });
    const opened = await bench.page("/alarms");
    opened.expect_problem(/503/);
    await opened.page.getByText("No plant is connected.").waitFor();
    bench.mock.set({ alarms: "some" });
    await opened.page.getByRole("button", { name: "Try again" }).click();
    await item(opened.page, hot).waitFor();
  });
});

describe("what is done with an alarm", () => {
  it("is acknowledged by keyboard and moves to those that stand", async () => {
    const { page, problems } = await alarms_page();
    await page.getByRole("button", { name: "Acknowledge CNC-2: spindle temperature high" }).focus();
    await page.keyboard.press("Enter");
    await page.locator(`[data-alarm-group=standing] [data-alarm="${hot}"]`).waitFor();
    assert.ok(bench.mock.scenario.requests.at(-1).includes('"action":"acknowledge"'));
    assert.deepEqual(problems, []);
  });

  it("is shelved only with a reason, for a time; Escape changes nothing", async () => {
    const { page } = await alarms_page();
    await item(page, hot).getByRole("button", { name: "Shelve …" }).click();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".put-aside").count(), 0);
    await item(page, hot).getByRole("button", { name: "Shelve …" }).click();
    assert.ok(await item(page, hot).getByRole("button", { name: "Shelve", exact: true }).isDisabled());
    await page.getByLabel("Why (for whoever comes next)").fill("sensor is being changed");
    await page.getByLabel("For", { exact: true }).selectOption("480");
    assert.deepEqual(await serious_findings(page), []);
    await page.keyboard.press("Tab");
    await item(page, hot).getByRole("button", { name: "Shelve", exact: true }).click();
    await page.locator(`[data-alarm-group=aside] [data-alarm="${hot}"]`).waitFor();
    const order = JSON.parse(bench.mock.scenario.requests.at(-1).replace("POST /api/alarms/actions ", ""));
    assert.deepEqual(order, { alarm: hot, action: "shelve", note: "sensor is being changed", minutes: 480 });
  });

  it("is not offered to who may only look", async () => {
    bench.mock.set({ alarms: "view" });
    const { page } = await alarms_page();
    await page.getByText("needs the role operator").waitFor();
    assert.equal(await page.locator(".alarm-actions").count(), 0);
  });

  it("tells where it was asked for why it could not be done", async () => {
    const opened = await alarms_page();
    const { page } = opened;
    opened.expect_problem(/409/);
    const error = { message: "nothing to acknowledge: it is acknowledged", message_zh: "没有需要确认的报警", type: "conflict", param: null, code: "conflict" };
    await page.route("**/api/alarms/actions", (route) => route.fulfill({ status: 409, json: { error } }));
    await page.getByRole("button", { name: "Acknowledge CNC-2: spindle temperature high" }).click();
    await item(page, hot).getByText("nothing to acknowledge").waitFor();
  });
});

describe("the journal", () => {
  it("shows who did what and why, and its address can be sent", async () => {
    const { page, problems } = await alarms_page({}, "/alarms?view=journal");
    await page.locator("[data-alarm-entry]").first().waitFor();
    await fetch(`${bench.mock.url}/api/alarms/actions`, { method: "POST", body: JSON.stringify({ alarm: hot, action: "shelve", note: "sensor is being changed", minutes: 15 }) });
    await page.getByText("sensor is being changed").waitFor();
    assert.deepEqual(await serious_findings(page), []);
    assert.equal(await sideways(page), 0);
    await page.getByRole("radio", { name: "Now" }).click();
    await page.waitForFunction(() => !location.search.includes("view="));
    assert.deepEqual(problems, []);
  });
});
