// A machine's page: the alarms that stand on it, what happened, the same moments on its trends, and
// its samples as a file.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, describe, it } from "node:test";
import { drawn_share, open_bench, serious_findings, sideways } from "./harness.mjs";

let bench;
before(async () => {
  bench = await open_bench();
});
afterEach(() => bench.reset());
after(() => bench.close());

const hot = "cnc-2.spindle_temperature.high";

async function asset_page(path = "/plant/cnc-2", options = {}) {
  const opened = await bench.page(path, options);
  await opened.page.waitForSelector(".asset-events");
  return opened;
}

const entries = (page) => page.locator(".asset-events [data-alarm-entry]");
const entry_keys = (page) => entries(page).evaluateAll((rows) => rows.map((row) => row.dataset.alarmEntry));

/** Pixels of a chart that have the colour of an alarm's mark. */
function marked_pixels(page, tag, token) {
  return page.locator(`[data-tag='${tag}'] canvas`).evaluate((canvas, name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const [red, green, blue] = getComputedStyle(probe).color.match(/\d+/g).map(Number);
    probe.remove();
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] === red && data[i + 1] === green && data[i + 2] === blue && data[i + 3] === 255) found += 1;
    return found;
  }, token);
}

async function has_marks(page, tag, token) {
  for (let tries = 0; tries < 50; tries += 1) {
    if ((await marked_pixels(page, tag, token)) > 20) return true;
    await page.waitForTimeout(100);
  }
  return false;
}

describe("alarms and events of a machine", () => {
  for (const [lang, words] of [
    ["en", { title: "Alarms and events", mine: "CNC-2: spindle temperature high", other: "Press 1", went: "returned to normal", who: "plant", marked: "The trends mark the moments" }],
    ["zh", { title: "报警与事件", mine: "2号数控机床：主轴温度过高", other: "1号压力机", went: "恢复正常", who: "系统", marked: "趋势图标出报警出现" }],
  ]) {
    it(`shows what stands on it and what happened to it, in words and on the trends (${lang})`, async () => {
      const { page, problems } = await asset_page("/plant/cnc-2", { lang });
      const panel = page.getByRole("region", { name: words.title });
      await entries(page).first().waitFor();
      assert.deepEqual(await panel.locator("[data-alarm]").evaluateAll((all) => all.map((each) => each.dataset.alarm)), [hot, "cnc-2.spindle_vibration.high"]);
      const text = await panel.innerText();
      for (const word of [words.mine, words.went, words.marked]) assert.ok(text.includes(word), `${word} in ${text}`);
      assert.ok(!text.includes(words.other));
      assert.deepEqual(await entry_keys(page), ["7", "4", "3", "2", "1"], "newest first, of this machine only");
      await page.locator("[data-tag='cnc-2/spindle_temperature']").scrollIntoViewIfNeeded();
      assert.ok(await has_marks(page, "cnc-2/spindle_temperature", "--red-mark"));
      await page.locator("[data-tag='cnc-2/motor_current']").scrollIntoViewIfNeeded();
      assert.ok((await drawn_share(page.locator("[data-tag='cnc-2/motor_current'] canvas"))) > 0.01);
      assert.equal(await marked_pixels(page, "cnc-2/motor_current", "--red-mark"), 0, "in colour on the alarm's own signal only");
      assert.deepEqual(await serious_findings(page), []);
      assert.deepEqual(problems, []);
    });
  }

  it("is reached from the top of the page by a button that says how many stand", async () => {
    const { page } = await asset_page();
    await page.getByRole("button", { name: "2 alarms on this machine" }).click();
    assert.equal(await page.evaluate(() => document.activeElement.id), "asset-events");
    await page.waitForFunction(() => document.getElementById("asset-events").getBoundingClientRect().top < innerHeight / 2);
  });

  it("takes what is done with an alarm where it stands, by keyboard", async () => {
    const { page, problems } = await asset_page();
    await page.getByRole("button", { name: "Acknowledge CNC-2: spindle temperature high" }).focus();
    await page.keyboard.press("Enter");
    await page.locator(`[data-alarm="${hot}"][data-state=acknowledged]`).waitFor();
    await page.locator(".asset-events [data-alarm-entry]").filter({ hasText: "acknowledged" }).waitFor();
    assert.ok(bench.mock.scenario.requests.at(-1).includes('"action":"acknowledge"'));
    assert.deepEqual(problems, []);
  });

  it("shows the page's time range: a short one has less, a past one says that it has nothing", async () => {
    const { page } = await asset_page("/plant/cnc-2?range=10m");
    await entries(page).first().waitFor();
    assert.deepEqual(await entry_keys(page), ["7", "4", "3"]);
    await page.goto(`${bench.mock.url}/plant/cnc-2?from=2026-01-05T05:00:00Z&to=2026-01-05T06:00:00Z`);
    await page.getByText("Nothing happened in this time").waitFor();
    assert.equal(await entries(page).count(), 0);
  });

  it("opens a long journal page by page and says how far back the trends are marked", async () => {
    bench.mock.set({ alarms: "many" });
    const { page } = await asset_page();
    await entries(page).first().waitFor();
    assert.equal(await entries(page).count(), 5);
    await page.getByText(/^The trends mark.*Marked from/).waitFor();
    for (const count of [55, 105, 135]) {
      await page.getByRole("button", { name: "Show older" }).click();
      await page.waitForFunction((wanted) => document.querySelectorAll(".asset-events [data-alarm-entry]").length === wanted, count);
    }
    assert.equal(await page.getByRole("button", { name: "Show older" }).count(), 0);
    assert.equal(await page.getByText("Marked from").count(), 0);
    assert.equal(await sideways(page), 0);
  });

  it("has cases of its health among the entries, and goes on without them", async () => {
    const { page, problems } = await asset_page("/plant/press-1?range=8h");
    await page.getByRole("link", { name: "Health: case 2" }).waitFor();
    assert.match(await page.locator("[data-alarm-entry=case-1]").innerText(), /ran unlike normal[\s\S]*confirmed: fan was blocked/);
    await page.getByRole("link", { name: "Health: case 2" }).click();
    await page.waitForURL(/\/maintenance\?case=2/);
    assert.deepEqual(problems, []);
    bench.mock.set({ health: "error" });
    const without = await asset_page("/plant/press-1?range=8h");
    without.expect_problem(/503/);
    await entries(without.page).first().waitFor();
    assert.equal(await without.page.getByText("could not be read").count(), 0);
  });

  it("is calm when there is nothing, and tells why it cannot be shown", async () => {
    bench.mock.set({ alarms: "none", health: "none" });
    const { page } = await asset_page();
    await page.getByText("No alarm stands on this machine.").waitFor();
    await page.getByText("Nothing happened in this time").waitFor();
    bench.mock.set({ alarms: "error" });
    const opened = await asset_page();
    opened.expect_problem(/503/);
    await opened.page.getByText("The journal could not be read").waitFor();
    bench.mock.set({ alarms: "some" });
    for (const again of await opened.page.getByRole("button", { name: "Try again" }).all()) await again.click();
    await entries(opened.page).first().waitFor();
  });

  for (const [lang, words] of [
    ["en", { open: "Note something", text: "What happened?", go: "Note it", report: "Read as a report", report_words: ["noticed", "Spindle noisy since 6:00", "cause", "done", "7014-C", "2 h", "(so the model)", "Failure modes that it may tell of", "It was from"], kind: "spindle bearing wear", too_long: "at most 2000 bytes", failed: "Notes could not be read" }],
    ["zh", { open: "添加记录", text: "发生了什么？", go: "保存记录", report: "按维修报告读取", report_words: ["现象", "原因", "措施", "7014-C", "2 小时", "（由模型判断）", "可能对应的故障模式", "时间为"], kind: "主轴轴承磨损", too_long: "应不超过 2000 字节", failed: "无法读取事件记录" }],
  ]) {
    it(`reads a note as a report and takes over its kind and time (${lang})`, async () => {
      bench.mock.set({ noted: "some" });
      const { page, problems } = await asset_page("/plant/cnc-1?range=1h", { lang });
      await page.getByRole("button", { name: words.open }).click();
      await page.getByLabel(words.text).fill("Spindle noisy since 6:00. Bearing 7014-C worn. Replaced it, stood 2 h. Handed over.");
      await page.getByRole("button", { name: words.report }).click();
      const parts = page.locator("[data-report]");
      await parts.waitFor();
      for (const word of words.report_words) assert.ok((await parts.innerText()).includes(word), `${word}: ${await parts.innerText()}`);
      assert.deepEqual(await serious_findings(page), []);
      await page.screenshot({ path: `/tmp/found_report_${lang}.png` });
      await page.getByRole("button", { name: words.go, exact: true }).click();
      await page.locator("[data-alarm-entry]").filter({ hasText: "Spindle noisy since 6:00" }).waitFor();
      const sent = bench.mock.scenario.requests.findLast((each) => each.startsWith("POST /api/plant/events"));
      const body = JSON.parse(sent.slice(sent.indexOf("{")));
      assert.equal(body.kind, words.kind);
      assert.equal(Date.parse(body.end) - Date.parse(body.start), 2 * 3_600_000);
      assert.deepEqual(problems, []);
    });

    it(`takes a note by keyboard and has it among what happened, with who told it (${lang})`, async () => {
      bench.mock.set({ noted: "some" });
      const { page, problems, expect_problem } = await asset_page("/plant/cnc-1?range=1h", { lang });
      const first = page.locator("[data-alarm-entry=noted-n-1]");
      await first.waitFor();
      assert.match(await first.innerText(), /li\s+Coolant topped up\n冷却液已补充/);
      await page.getByRole("button", { name: words.open }).focus();
      await page.keyboard.press("Enter");
      assert.ok(await page.getByLabel(words.text).evaluate((field) => field === document.activeElement));
      await page.getByRole("button", { name: words.go }).waitFor(); // nothing is under way yet
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: words.open }).click();
      await page.keyboard.type("Belt slips, 皮带打滑");
      assert.deepEqual(await serious_findings(page), []);
      await page.getByRole("button", { name: words.go }).click();
      await page.locator("[data-alarm-entry]").filter({ hasText: "Belt slips, 皮带打滑" }).waitFor();
      assert.equal(await page.getByLabel(words.text).count(), 0, "the form is closed");
      assert.deepEqual(problems, []);
      bench.mock.set({ noted: "refused" });
      expect_problem(/400/);
      await page.getByRole("button", { name: words.open }).click();
      await page.keyboard.type("x");
      await page.getByRole("button", { name: words.go }).click();
      await page.getByText(words.too_long).waitFor();
      assert.equal(await page.getByLabel(words.text).inputValue(), "x", "what was written stays");
      bench.mock.set({ noted: "error" });
      expect_problem(/500/);
      await page.reload();
      await page.getByText(words.failed).waitFor();
    });
  }

  it("fits a phone", async () => {
    const { page } = await asset_page("/plant/cnc-2", { lang: "zh", theme: "dark", width: 390, height: 844 });
    await entries(page).first().waitFor();
    assert.equal(await sideways(page), 0);
    assert.deepEqual(await serious_findings(page), []);
  });
});

describe("samples as a file", () => {
  for (const [lang, words] of [
    ["en", { button: "Export CSV", done: /^\d+ samples written to cnc-2_\d{8}T\d{6}Z_\d{8}T\d{6}Z\.csv$/, thinned: "were replaced by aggregates", none: "no file was written", many: "more than 500,000 samples" }],
    ["zh", { button: "导出 CSV", done: /^已将 \d+ 个采样写入 cnc-2_\d{8}T\d{6}Z_\d{8}T\d{6}Z\.csv$/, thinned: "已精简为聚合值", none: "未写入文件", many: "超过 500,000 个采样" }],
  ]) {
    it(`are downloaded, with what is not in them said (${lang})`, async () => {
      bench.mock.set({ samples: "thinned" });
      const { page, problems, expect_problem } = await asset_page("/plant/cnc-2?tag=cnc-2/spindle_vibration", { lang });
      const coming = page.waitForEvent("download");
      await page.getByRole("button", { name: words.button }).click();
      const download = await coming;
      assert.match(download.suggestedFilename(), /^cnc-2_\d{8}T\d{6}Z_\d{8}T\d{6}Z\.csv$/);
      const [head, ...rows] = (await readFile(await download.path(), "utf8")).trimEnd().split("\n");
      assert.equal(head, "time,tag,value,quality,unit");
      assert.ok(rows.length > 10);
      for (const row of rows) assert.match(row, /^\d{4}-\d\d-\d\dT[\d:.]+Z,cnc-2\/spindle_vibration,[\d.]+,good,mm\/s$/);
      await page.locator("[data-export=done]").getByText(words.done).waitFor();
      await page.getByText(words.thinned).waitFor();
      assert.deepEqual(await serious_findings(page), []);
      assert.deepEqual(problems, []);
      bench.mock.set({ samples: "none" });
      await page.getByRole("button", { name: words.button }).click();
      await page.getByText(words.none).waitFor();
      bench.mock.set({ samples: "many" });
      expect_problem(/400/);
      await page.getByRole("button", { name: words.button }).click();
      await page.getByText(words.many).waitFor();
    });
  }
});

describe("histories from before a unit changed", () => {
  for (const [lang, words] of [
    ["en", { title: "Before the unit changed", chart: "oil temperature in °F, before the change", now: "Now the signal is in °C", back: "All signals" }],
    ["zh", { title: "单位变更之前的历史", chart: "油温（°F，变更前）", now: "该信号现在的单位为 °C", back: "全部信号" }],
  ]) {
    it(`are listed with their unit and end, and drawn apart, by keyboard (${lang})`, async () => {
      const { page, problems } = await asset_page("/plant/press-1", { lang });
      const panel = page.getByRole("region", { name: words.title });
      const row = panel.locator("[data-earlier='press-1/oil']");
      await row.waitFor();
      assert.match(await row.innerText(), /°F/);
      await row.getByRole("link").focus();
      await page.keyboard.press("Enter");
      const chart = page.locator("[data-tag='press-1/oil']");
      await chart.locator("canvas").waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.tagName), "H2", "focus is on what was asked for");
      assert.equal(await page.locator(".tag-trend").count(), 1, "no other line beside it");
      const text = await chart.innerText();
      assert.ok(text.includes(words.now) && !text.includes("60"), `${text}: no limit of the other unit`);
      assert.ok((await drawn_share(chart.locator("canvas"))) > 0.01);
      assert.match(page.url(), /from=.*tag=press-1\/oil&to=/);
      assert.deepEqual(await serious_findings(page), []);
      assert.equal(await sideways(page), 0);
      await chart.getByRole("button", { name: words.back }).click();
      await page.locator("[data-tag='press-1/oil_temperature']").waitFor();
      assert.deepEqual(problems, []);
    });
  }

  it("have their file", async () => {
    const { page } = await asset_page("/plant/press-1");
    const row = page.locator("[data-earlier='press-1/oil']");
    await row.waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), row.getByRole("button", { name: "Export CSV" }).click()]);
    assert.match(await readFile(await download.path(), "utf8"), /,press-1\/oil,[\d.]+,good,degF\n/);
  });

  it("are not there on a machine without any", async () => {
    const { page } = await asset_page("/plant/cnc-2");
    assert.equal(await page.locator(".earlier-panel").count(), 0);
  });
});
