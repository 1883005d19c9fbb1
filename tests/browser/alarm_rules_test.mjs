// Alarm rules: found, changed, added and removed by keyboard, with what the server finds wrong at its field; and who is
// told when nobody acknowledges.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { open_bench, serious_findings, sideways } from "./harness.mjs";

let bench;
before(async () => {
  bench = await open_bench();
});
afterEach(() => bench.reset());
after(() => bench.close());

const vibration = "cnc-2.spindle_vibration.high";
const hot = "cnc-2.spindle_temperature.high";
const sent = (start) => bench.mock.scenario.requests.filter((each) => each.startsWith(start)).map((each) => JSON.parse(each.slice(start.length)));
const put = () => sent("PUT /api/alarms/rules ");
const rule = (page, id) => page.locator(`[data-rule="${id}"]`);
const part = (page, path) => page.locator(`[data-part="${path}"]`);

async function rules_page(more = "", options = {}) {
  const opened = await bench.page(`/alarms?view=rules${more}`, options);
  await opened.page.waitForSelector(more === "" || more.startsWith("&q") ? ".rule-list" : ".rule-form");
  return opened;
}

/** A signal by a part of its name, by keyboard. */
async function choose_tag(page, path, text, option) {
  const box = part(page, path).getByRole("combobox", { name: "Signal" });
  await box.focus();
  await page.keyboard.type(text);
  await page.locator(`[data-option="${option}"][aria-selected=true]`).waitFor();
  await page.keyboard.press("Enter");
}

describe("the list of rules", () => {
  for (const [lang, words] of [
    ["en", ["CNC-2: spindle temperature high", "spindle temperature > 75 °C (back by 1.5 °C)", "spindle vibration > 2.8 mm/s and (state is running or spindle temperature is bad or silent)", "critical", "not acknowledged", "switched off"]],
    ["zh", ["2号数控机床：主轴温度过高", "> 75 °C（回差 1.5 °C）", "> 2.8 mm/s 且 （状态 为 运行 或 主轴温度 无效或无数据）", "紧急", "未确认", "已关闭"]],
  ]) {
    it(`says what each looks at and how it stands (${lang})`, async () => {
      const { page, problems } = await rules_page("", { lang });
      const text = await page.textContent(".rule-list");
      for (const word of words) assert.ok(text.includes(word), `${word} in ${text}`);
      assert.deepEqual(await serious_findings(page), []);
      assert.deepEqual(problems, []);
    });
  }

  it("is searched, and the search can be sent as an address", async () => {
    const { page } = await rules_page("&q=vibration");
    assert.equal(await page.locator("[data-rule]").count(), 1);
    await page.getByRole("searchbox").fill("oil press");
    await rule(page, "press-1.oil_temperature.high").waitFor();
    assert.ok(new URL(page.url()).search.includes("q=oil+press"));
    await page.getByRole("searchbox").fill("nothing of that name");
    await page.getByText("No rule fits").waitFor();
  });

  it("tells of rules that do not fit the plant, and removes them", async () => {
    bench.mock.set({ rules: "left_out" });
    const { page } = await rules_page();
    await page.getByText("nobody is warned by it").waitFor();
    await page.getByRole("button", { name: "Remove mill-9.hot" }).click();
    await page.getByRole("button", { name: "Remove the rule" }).click();
    await page.locator("[data-left-out]").waitFor({ state: "detached" });
    assert.ok(bench.mock.scenario.requests.includes("DELETE /api/alarms/rules/mill-9.hot"));
  });

  it("offers no change to who may only look", async () => {
    bench.mock.set({ alarms: "view" });
    const { page } = await rules_page();
    await page.getByText("needs the role engineer").waitFor();
    assert.equal(await page.getByRole("link", { name: /Change|New rule/ }).count(), 0);
    assert.equal(await page.getByRole("radio", { name: "Messages" }).count(), 0);
    await page.goto(`${bench.mock.url}/alarms?view=rules&rule=${hot}`);
    await rule(page, hot).waitFor();
    assert.equal(await page.locator(".rule-form").count(), 0);
  });

  it("tells why it cannot be shown, and tries again", async () => {
    bench.mock.set({ rules: "error" });
    const opened = await bench.page("/alarms?view=rules");
    opened.expect_problem(/503/);
    await opened.page.getByText("alarms.db: disk I/O error").waitFor();
    bench.mock.set({ rules: "some" });
    await opened.page.getByRole("button", { name: "Try again" }).click();
    await rule(opened.page, hot).waitFor();
  });

  it("says so where the second script does not come", async () => {
    const opened = await bench.page("/plant");
    opened.expect_problem(/later_pages/);
    await opened.page.route("**/later_pages-*.js", (route) => route.abort());
    await opened.page.getByRole("link", { name: "Alarms" }).first().click();
    await opened.page.getByRole("radio", { name: "Rules" }).click();
    await opened.page.getByText("A part of the console did not come").waitFor();
    await opened.page.unroute("**/later_pages-*.js");
    await opened.page.getByRole("button", { name: "Load the page again" }).click();
    await rule(opened.page, hot).waitFor();
  });
});

describe("a new rule", () => {
  it("is written by keyboard: signals, AND and OR, delays, meaning", async () => {
    const { page, problems } = await rules_page();
    await page.getByRole("link", { name: "New rule" }).focus();
    await page.keyboard.press("Enter");
    await page.getByLabel("Name in English").fill("Hot while it runs");
    await page.getByLabel("Machine").selectOption("cnc-2");
    await page.getByLabel("Priority").selectOption("high");
    await choose_tag(page, "when", "cnc-2 spindle temp", "cnc-2/spindle_temperature");
    await part(page, "when").getByLabel("Limit (°C)").fill("78");
    await part(page, "when").getByLabel("Comes back by (°C)").fill("2.5");
    assert.equal(await page.getByLabel("Identifier").inputValue(), "cnc-2.spindle_temperature.above");
    await page.getByRole("button", { name: "Add a condition" }).focus();
    await page.keyboard.press("Enter");
    // The new one has the focus.
    await page.keyboard.type("cnc-2 state");
    await page.locator('[data-option="cnc-2/state"][aria-selected=true]').waitFor();
    await page.keyboard.press("Enter");
    await part(page, "when.all[1]").getByLabel("State").selectOption("running");
    await page.getByLabel("It must hold for (s)").fill("20");
    await page.getByLabel("What to do (English)").fill("Stop after this part");
    await page.getByLabel("Time to respond (min)").fill("15");
    assert.deepEqual(await serious_findings(page), []);
    await page.getByLabel("Time to respond (min)").press("Enter");
    await page.getByText("Saved: Hot while it runs").waitFor();
    await rule(page, "cnc-2.spindle_temperature.above").waitFor();
    assert.deepEqual(put(), [{
      id: "cnc-2.spindle_temperature.above", name: { en: "Hot while it runs", zh: "" }, asset: "cnc-2", priority: "high", enabled: true, latching: false, revision: "",
      when: { all: [{ tag: "cnc-2/spindle_temperature", above: 78, hysteresis: 2.5 }, { tag: "cnc-2/state", is: "running" }] },
      delay_on_s: 20, delay_off_s: 10, response: { en: "Stop after this part", zh: "" }, respond_within_min: 15,
    }]);
    assert.ok(!page.url().includes("add="), page.url());
    assert.deepEqual(problems, []);
  });

  it("does not replace another one of the same identifier", async () => {
    const opened = await rules_page("&add=1&machine=cnc-2");
    const { page } = opened;
    opened.expect_problem(/409/);
    await page.getByLabel("Name in English").fill("Again");
    await choose_tag(page, "when", "cnc-2 spindle temp", "cnc-2/spindle_temperature");
    await page.getByLabel("Limit (°C)").fill("78");
    await page.getByLabel("Identifier").fill(hot);
    await page.getByRole("button", { name: "Add the rule" }).click();
    await page.locator(".field", { hasText: "Identifier" }).getByText("another rule's").waitFor();
    assert.equal(await page.locator(".notice").count(), 0, "said once");
  });

  it("picks only signals of the machine's line, and Escape closes the list without leaving the form", async () => {
    const { page } = await rules_page("&add=1&machine=cnc-2");
    const box = page.getByRole("combobox", { name: "Signal" });
    await box.fill("no such signal");
    await page.getByText("no signal is called so").waitFor();
    await box.fill("temperature");
    assert.equal(await box.getAttribute("aria-expanded"), "true");
    const options = await page.getByRole("option").evaluateAll((all) => all.filter((each) => each.dataset.option).map((each) => each.dataset.option));
    const lines = await page.evaluate(async (wanted) => {
      const { assets } = await (await fetch("/api/plant")).json();
      return [...new Set(wanted.map((tag) => assets.find((asset) => asset.id === tag.split("/")[0]).line))];
    }, options);
    assert.equal(lines.length, 1);
    assert.ok(options[0].startsWith("cnc-2/"), "the machine's own first");
    await page.keyboard.press("ArrowDown");
    assert.ok((await box.getAttribute("aria-activedescendant")).endsWith("-1"));
    await page.keyboard.press("Escape");
    assert.equal(await box.getAttribute("aria-expanded"), "false");
    assert.equal(await page.locator(".rule-form").count(), 1);
  });
});

describe("on a touch screen", () => {
  it("a signal is taken by a tap, and the list stays while it is scrolled", async () => {
    const { page } = await rules_page("&add=1&machine=cnc-2", { touch: true, width: 390 });
    await page.getByRole("combobox", { name: "Signal" }).tap();
    const option = page.locator('[data-option="cnc-2/spindle_temperature"]');
    await option.dispatchEvent("pointerdown"); // a finger that begins to scroll
    await option.waitFor();
    await option.tap();
    await page.getByLabel("Limit (°C)").waitFor();
    await option.waitFor({ state: "hidden" });
  });
});

describe("a rule that is changed", () => {
  it("shows what changes, before and after, and sends the rest as it was", async () => {
    const { page } = await rules_page(`&rule=${hot}`);
    assert.equal(await page.locator("[data-change]").count(), 0);
    await page.getByLabel("Priority").selectOption("high");
    await page.getByLabel("Limit (°C)").fill("80");
    await page.locator("[data-change=priority]").getByText("Priority: critical → high").waitFor();
    assert.ok((await page.textContent("[data-change=when]")).includes("> 75 °C (back by 1.5 °C) → spindle temperature > 80 °C"));
    await page.getByRole("button", { name: "Save the rule" }).click();
    await page.getByText("Saved:").waitFor();
    const [rule_sent] = put();
    assert.deepEqual(rule_sent.when, { tag: "cnc-2/spindle_temperature", above: 80, hysteresis: 1.5 });
    assert.deepEqual(rule_sent.unless, { not: { tag: "cnc-2/state", is: "running" } });
    assert.deepEqual(rule_sent.cause, { en: "Old grease or a worn bearing", zh: "润滑脂老化或轴承磨损" });
    assert.equal(rule_sent.revision, "0");
  });

  for (const [lang, words, save] of [
    ["en", "it could never come", "Save the rule"],
    ["zh", "永远不会触发", "保存规则"],
  ]) {
    it(`tells at its field what is wrong, and keeps what was written (${lang})`, async () => {
      const opened = await rules_page(`&rule=${vibration}`, { lang });
      const { page } = opened;
      opened.expect_problem(/400/);
      const limit = part(page, "when.all[0]").locator("input[type=number]").first();
      await limit.fill("5000");
      await page.getByRole("button", { name: save }).click();
      await part(page, "when.all[0]").getByText(words).waitFor();
      assert.equal(await limit.getAttribute("aria-invalid"), "true");
      assert.equal(await limit.inputValue(), "5000");
      assert.equal(await page.locator(".notice").count(), 0, "said once");
      assert.deepEqual(await serious_findings(page), []);
    });
  }

  it("tells what is wrong inside of a group at that part", async () => {
    const opened = await rules_page(`&rule=${vibration}`);
    const { page } = opened;
    opened.expect_problem(/400/);
    await part(page, "when.all[1]").getByRole("button", { name: "Add a condition" }).click();
    await part(page, "when.all[1].any[2]").getByLabel("Limit").fill("5");
    await page.getByRole("button", { name: "Save the rule" }).click();
    await part(page, "when.all[1].any[2]").getByText("there is no tag ''").waitFor();
    await part(page, "when.all[1]").getByRole("button", { name: "Remove condition 3" }).click();
    assert.equal(await part(page, "when.all[1].any[2]").count(), 0);
    await page.getByRole("button", { name: "Save the rule" }).click();
    await page.getByText("Saved:").waitFor();
  });

  it("is not saved over what somebody else changed meanwhile", async () => {
    const opened = await rules_page(`&rule=${hot}`);
    const { page } = opened;
    opened.expect_problem(/409/);
    const [other] = (await (await fetch(`${bench.mock.url}/api/alarms/rules`)).json()).rules;
    await fetch(`${bench.mock.url}/api/alarms/rules`, { method: "PUT", body: JSON.stringify({ ...other, priority: "low" }) });
    await page.getByLabel("Priority").selectOption("high");
    await page.getByRole("button", { name: "Save the rule" }).click();
    await page.getByText("somebody else changed the rule meanwhile").waitFor();
    await page.getByText("This was not done").waitFor();
    assert.equal(await page.getByLabel("Priority").inputValue(), "high", "what was written stays");
  });

  it("tells how often it would have come up, and forgets that when the rule changes", async () => {
    bench.mock.set({ messages: "well" });
    const { page, problems } = await rules_page(`&rule=${hot}`);
    await page.getByRole("button", { name: "How often in the last 7 days?" }).click();
    await page.getByText("it would have come up 12 times, and stood for 1 h 35 min in all").waitFor();
    await page.getByText("More than about one a day").waitFor();
    await page.getByLabel("Limit (°C)").fill("90");
    await page.getByText("12 times").waitFor({ state: "detached" });
    assert.equal(put().length, 0);
    // And who would be told.
    await page.locator("[data-escalation]").getByText("after 5 min: shift-lead").waitFor();
    await page.getByLabel("Priority").selectOption("low");
    await page.getByText("Nobody: no step").waitFor();
    assert.deepEqual(problems, []);
  });

  it("is removed after a second step", async () => {
    const { page } = await rules_page(`&rule=${hot}`);
    await page.getByRole("button", { name: "Remove CNC-2: spindle temperature high" }).click();
    await page.getByText("will warn nobody any more").waitFor();
    await page.getByRole("button", { name: "Remove the rule" }).click();
    await page.getByText("Removed: CNC-2: spindle temperature high").waitFor();
    assert.equal(await rule(page, hot).count(), 0);
    await page.goto(`${bench.mock.url}/alarms?view=rules&rule=${hot}`);
    await page.getByText("There is no such rule").waitFor();
  });

  it("is reached from its alarm", async () => {
    const { page } = await bench.page("/alarms");
    await page.getByRole("link", { name: "Rule of CNC-2: spindle temperature high" }).click();
    await page.waitForSelector(".rule-form");
    assert.equal(await page.getByLabel("Limit (°C)").inputValue(), "75");
  });

  for (const options of [{ lang: "en", width: 390, theme: "dark" }, { lang: "zh", width: 390, theme: "light" }, { lang: "zh", width: 1440, theme: "dark" }]) {
    it(`fits (${JSON.stringify(options)})`, async () => {
      const { page, problems } = await rules_page(`&rule=${vibration}`, options);
      assert.equal(await sideways(page), 0);
      assert.deepEqual(await serious_findings(page), []);
      assert.deepEqual(problems, []);
    });
  }
});

describe("messages about alarms", () => {
  for (const [lang, words] of [
    ["en", ["first: after 5 min unacknowledged, priority high or above", "all lines", "nothing delivered since the start", "1 message waits", "mail.plant.example:587: connection refused", "waiting", "3 attempts", "delivered", "that it is over", "not needed any more", "failed, given up"]],
    ["zh", ["5分钟未确认后", "全部产线", "启动后尚未送达", "1 条待发送", "连接被拒绝", "待发送", "已尝试 3 次", "已送达", "已结束", "不再需要", "失败，已放弃"]],
  ]) {
    it(`say who was told, whether it arrived and why not (${lang})`, async () => {
      bench.mock.set({ messages: "failing" });
      const { page, problems } = await bench.page("/alarms?view=messages", { lang, width: 390 });
      await page.locator("[data-message]").first().waitFor();
      const text = await page.textContent(".alarms-page");
      for (const word of words) assert.ok(text.includes(word), `${word} in ${text}`);
      assert.equal(await sideways(page), 0);
      assert.deepEqual(await serious_findings(page), []);
      assert.deepEqual(problems, []);
    });
  }

  it("that do not arrive are told of above the alarms, until they do", async () => {
    bench.mock.set({ messages: "failing" });
    const { page } = await bench.page("/alarms");
    await page.locator("[data-message-warning]").getByText("do not arrive: shift-lead").waitFor();
    await page.getByRole("link", { name: "See the messages" }).click();
    await page.locator("[data-channel=shift-lead][data-works=false]").waitFor();
    bench.mock.set({ messages: "well" });
    await page.locator("[data-channel=shift-lead][data-works=true]").waitFor();
    await page.getByRole("radio", { name: "Now" }).click();
    assert.equal(await page.locator("[data-message-warning]").count(), 0);
  });

  it("are nobody's where nothing is set up, and it says where to", async () => {
    const { page } = await bench.page("/alarms?view=messages");
    await page.getByText("set up [notify] in config.toml").waitFor();
  });

  it("tell why they cannot be shown, and try again by themselves", async () => {
    bench.mock.set({ messages: "error" });
    const opened = await bench.page("/alarms?view=messages");
    opened.expect_problem(/503/);
    await opened.page.getByText("notify.db: disk I/O error").waitFor();
    bench.mock.set({ messages: "well" });
    await opened.page.locator("[data-message]").first().waitFor();
  });
});
