// Health: which machine needs somebody and why, its case, what was found, and who may say what is normal.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { open_bench, serious_findings, sideways } from "./harness.mjs";

let bench;
before(async () => {
  bench = await open_bench();
});
afterEach(() => bench.reset());
after(() => bench.close());

async function health_page(options = {}, path = "/maintenance") {
  const opened = await bench.page(path, options);
  await opened.page.waitForSelector(".health-page");
  return opened;
}

describe("the health page", () => {
  for (const [lang, words] of [
    ["en", ["Unlike normal running", "A sensor is at fault", "Never seen this regime", "As in normal running", "Nobody said yet what is normal", "5 of 4 agreed false alarms in 1 d", "more than agreed"]],
    ["zh", ["偏离正常运行", "传感器故障", "从未见过该工况", "与正常运行一致", "尚未指定正常运行时段", "1 天内误报 5 次，约定至多 4 次", "已超出约定"]],
  ]) {
    it(`shows the worst machine first and says how sure it is (${lang})`, async () => {
      const { page, problems } = await health_page({ lang });
      await page.locator('[data-machine="press-1"]').waitFor();
      const order = await page.locator("[data-machine]").evaluateAll((all) => all.map((each) => each.dataset.machine));
      assert.deepEqual(order, ["press-1", "cnc-2", "furnace-1", "cnc-1", "conveyor-1"]);
      const text = await page.textContent(".health-page");
      for (const word of words) assert.ok(text.includes(word), word);
      assert.deepEqual(problems, []);
    });
  }

  it("says why it cannot be shown", async () => {
    bench.mock.set({ health: "error" });
    const opened = await bench.page("/maintenance");
    opened.expect_problem(/503/);
    await opened.page.getByText("No machine is watched.").waitFor();
  });

  it("offers training only to whom it is allowed", async () => {
    bench.mock.set({ health: "view" });
    const { page } = await health_page();
    await page.locator('[data-machine="press-1"]').waitFor();
    assert.equal(await page.getByText("Say what is normal").count(), 0);
  });

  it("learns from a stretch that a person calls normal", async () => {
    const { page } = await health_page();
    await page.getByLabel("It ran normally for so many hours").fill("26");
    await page.getByLabel("until so many hours ago").fill("2");
    await page.getByRole("button", { name: "Learn" }).click();
    await page.getByText("Learned: version 2").waitFor();
    const sent = bench.mock.scenario.requests.find((each) => each.startsWith("POST /api/maintenance/models"));
    const body = JSON.parse(sent.slice(sent.indexOf("{")));
    assert.equal(body.to_ms - body.from_ms, 26 * 3_600_000);
    assert.ok(Math.abs(Date.now() - 2 * 3_600_000 - body.to_ms) < 60_000);
  });

  for (const theme of ["light", "dark"]) {
    it(`can be used by all and fits a phone (${theme})`, async () => {
      const { page } = await health_page({ theme, width: 390, height: 844 });
      await page.locator('[data-machine="press-1"]').waitFor();
      assert.deepEqual(await serious_findings(page), []);
      assert.equal(await sideways(page), 0);
    });
  }
});

describe("a case", () => {
  it("shows evidence, the nearest past case and what to do, and takes the outcome", async () => {
    const { page, problems } = await health_page();
    await page.locator('[data-machine="press-1"] a', { hasText: "Case 2" }).click();
    await page.locator("[data-case-page]").waitFor();
    const text = await page.textContent(".health-page");
    for (const word of ["68.4 °C", "81 %", "Deviates besides", "52.1 A", "97 % alike", "Score 2.40, the alarm is over 1.34", "fan was blocked", "Compare the reading", "simulated"]) assert.ok(text.includes(word), word);
    await page.getByLabel("Note").fill("filter changed");
    await page.getByRole("button", { name: "Confirmed" }).click();
    await page.getByText("filter changed").waitFor();
    assert.ok(bench.mock.scenario.requests.includes('POST /api/maintenance/cases/2/outcome {"outcome":"confirmed","note":"filter changed"}'));
    assert.deepEqual(problems, []);
  });

  it("prices the work order line by line, and takes one that is accepted", async () => {
    const { page, problems } = await health_page({}, "/maintenance?case=2");
    const panel = page.locator("[data-work-order]");
    await panel.waitFor();
    const text = await panel.textContent();
    for (const word of ["bearing wear", "6205-2RS", "not given", "Not given by the plant: price of part RS-25", "397.00 EUR and what is not given · cheapest", "No date of failure is predicted"]) assert.ok(text.includes(word), word);
    const lines = await panel.locator("[data-calculation] tbody tr").allTextContents();
    assert.equal(lines.length, 5);
    assert.match(lines[1], /mechanic.*6.00 h.*60\.00 EUR.*360\.00 EUR/);
    assert.match(lines[3], /shaft seal.*not given.*not given/);
    await panel.getByLabel("Failure mode").selectOption("cooling");
    await panel.getByText("Not given by the plant: parts").waitFor();
    await panel.getByRole("button", { name: "Accept the work order" }).click();
    await panel.getByLabel("Note").fill("crew asked");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await panel.getByText("Accepted by local").waitFor();
    const sent = bench.mock.scenario.requests.find((each) => each.startsWith("POST /api/maintenance/cases/2/work_order"));
    const body = JSON.parse(sent.slice(sent.indexOf("{")));
    assert.equal(body.mode, "cooling");
    assert.equal(body.note, "crew asked");
    assert.equal(body.check, "2222222222222222");
    assert.deepEqual(problems, []);
  });

  for (const [lang, words] of [
    ["en", ["Before ", "the model 'pumps' says with 90 % certainty that it does not fail before", "Keep to the date of the remaining-life model", "Not kept to: before "]],
    ["zh", ["须在 ", "模型“pumps”以 90 % 的把握判断", "按剩余寿命模型的日期安排", "未按此日期安排"]],
  ]) {
    it(`plans a work order by the remaining-life model's date until somebody says otherwise (${lang})`, async () => {
      bench.mock.set({ health: "dated" });
      const { page, problems } = await health_page({ lang }, "/maintenance?case=2");
      const panel = page.locator("[data-work-order]");
      await panel.locator("[data-work-latest]").waitFor();
      for (const word of words.slice(0, 3)) assert.ok((await panel.textContent()).includes(word), word);
      assert.equal(await panel.locator('input[name="work_window"]').count(), 2, "the third window ends after it");
      await panel.getByRole("checkbox").uncheck();
      await panel.getByText(words[3]).waitFor();
      assert.equal(await panel.locator('input[name="work_window"]').count(), 3);
      assert.deepEqual(await serious_findings(page), []);
      assert.equal(await sideways(page), 0);
      assert.deepEqual(problems, []);
    });
  }

  it("lets nobody accept a work order who may only look", async () => {
    bench.mock.set({ health: "view" });
    const { page } = await health_page({}, "/maintenance?case=2");
    await page.locator("[data-work-order]").waitFor();
    assert.equal(await page.getByRole("button", { name: "Accept the work order" }).count(), 0);
  });

  it("shows the samples around the alarm and gives them as a file", async () => {
    const { page, problems } = await health_page({}, "/maintenance?case=2");
    await page.locator('[data-recording="2"] canvas').nth(1).waitFor();
    const charts = await page.locator("figure figcaption").allTextContents();
    assert.equal(charts.length, 2);
    assert.match(charts[0], /oil/i); // the loudest first
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "As CSV" }).click()]);
    assert.equal(file.suggestedFilename(), "case_2.csv");
    await page.goto("/maintenance?case=1");
    await page.getByText("They are kept 5 minutes after").waitFor();
    assert.deepEqual(problems, []);
  });

  for (const [lang, theme] of [["en", "light"], ["zh", "dark"]]) {
    it(`can be used by all and fits a phone (${lang}, ${theme})`, async () => {
      const { page } = await health_page({ lang, theme, width: 390, height: 844, touch: true }, "/maintenance?case=2");
      await page.locator('[data-recording="2"] canvas').nth(1).waitFor();
      assert.deepEqual(await serious_findings(page), []);
      assert.equal(await sideways(page), 0);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/case-${lang}-${theme}.png`, fullPage: true });
    });
  }

  it("takes no outcome from who may only look", async () => {
    bench.mock.set({ health: "view" });
    const { page } = await health_page({}, "/maintenance?case=2");
    await page.getByText("still open").waitFor();
    assert.equal(await page.getByRole("button", { name: "Confirmed" }).count(), 0);
  });
});

describe("the versions of a model", () => {
  async function model_page(options = {}) {
    const opened = await health_page(options, "/maintenance?model=cnc-1");
    await opened.page.locator('[data-version="2"]').waitFor();
    return opened;
  }
  const version = (page, number) => page.locator(`[data-version="${number}"]`);

  it("are reached from the machine, which says that one runs in shadow", async () => {
    const { page } = await health_page();
    const machine = page.locator('[data-machine="cnc-1"]');
    await machine.getByText("Version 2 in shadow: would have opened one case").waitFor();
    await machine.getByRole("link", { name: "Model and versions" }).click();
    await version(page, 2).waitFor();
    assert.equal(await version(page, 2).getAttribute("data-stage"), "shadow");
    assert.equal(await version(page, 1).getAttribute("data-stage"), "live");
  });

  it("go live after a replay, by a second word, and back again, with the keyboard alone", async () => {
    const { page, problems } = await model_page();
    assert.ok(await version(page, 2).getByRole("button", { name: "Put live" }).isDisabled());
    await version(page, 2).getByText("replay it first").waitFor();
    await version(page, 2).getByRole("button", { name: "Replay over the past" }).press("Enter");
    await page.getByText("Version 2 was replayed. It keeps the contract and misses no confirmed case").waitFor();
    for (const words of ["raises it, 5 min earlier", "misses it (by its recording)", "It alarms 2 times where there is no case", "promised 4"]) {
      assert.ok((await version(page, 2).textContent()).includes(words), words);
    }
    await version(page, 2).getByRole("button", { name: "Put live" }).press("Enter");
    await version(page, 2).getByText("version 1 stays to go back to").waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await version(page, 2).getAttribute("data-stage"), "shadow");
    await page.waitForFunction(() => document.activeElement?.textContent === "Put live"); // it comes back
    await page.keyboard.press("Enter");
    await version(page, 2).getByText("version 1 stays to go back to").waitFor();
    await page.keyboard.press("Enter"); // the focus is on the second word
    await page.locator('[data-version="2"][data-stage="live"]').waitFor();
    await version(page, 2).getByRole("button", { name: "Go back" }).press("Enter");
    await version(page, 2).getByText("Version 1 opens cases again").waitFor();
    await page.keyboard.press("Enter");
    await page.locator('[data-version="1"][data-stage="live"]').waitFor();
    const sent = bench.mock.scenario.requests.filter((each) => each.includes("/decisions"));
    assert.deepEqual(sent.map((each) => JSON.parse(each.slice(each.indexOf("{"))).decision), ["promote", "rollback"]);
    assert.deepEqual(problems, []);
  });

  it("are replayed on the server, which tells how far it is and can be told to stop", async () => {
    bench.mock.set({ health: "replay_slow" });
    const { page, problems } = await model_page();
    await version(page, 2).getByRole("button", { name: "Replay over the past" }).click();
    const bar = version(page, 2).getByRole("progressbar");
    await version(page, 2).getByText("96,000 of 288,000 rows · 48,000 rows/s · 4 s left").waitFor();
    assert.equal(await bar.getAttribute("aria-valuenow"), "33");
    assert.ok(await version(page, 1).getByRole("button", { name: "Replay over the past" }).isDisabled(), "one at a time");
    await page.reload();
    await bar.waitFor(); // it goes on without the page
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/replay-running.png`, fullPage: true });
    await version(page, 2).getByRole("button", { name: "Cancel the replay" }).click();
    await version(page, 2).getByText("The replay was cancelled").waitFor();
    assert.ok(bench.mock.scenario.requests.includes("DELETE /api/maintenance/models/cnc-1/replay"));
    assert.ok(await version(page, 2).getByRole("button", { name: "Put live" }).isDisabled());
    assert.deepEqual(problems, []);
  });

  it("are trained anew by a schedule that an engineer sets and removes", async () => {
    const { page, problems, expect_problem } = await model_page();
    expect_problem(/400/);
    const panel = page.locator("[data-schedule]");
    await panel.getByText("No schedule: people alone").waitFor();
    await panel.getByLabel("Every so many days").fill("14");
    await panel.getByLabel("at (time in Europe/Berlin)").fill("03:30");
    await panel.getByLabel("from the last so many days").fill("500");
    await panel.getByLabel("Put it live by itself").check();
    await panel.getByRole("button", { name: "Set the schedule" }).click();
    await panel.getByText("expected 1 to 400").waitFor();
    await panel.getByLabel("from the last so many days").fill("60");
    await panel.getByRole("button", { name: "Set the schedule" }).click();
    await panel.getByText("then every 14 days, from the last 60 days, in the name of local").waitFor();
    await panel.getByText("goes live by itself where its gate is open").waitFor();
    await panel.getByText("It did not run yet.").waitFor();
    const sent = bench.mock.scenario.requests.filter((each) => each.startsWith("PUT /api/maintenance/models/cnc-1/schedule"));
    assert.deepEqual(JSON.parse(sent.at(-1).slice(sent.at(-1).indexOf("{"))), { every_days: 14, at: "03:30", history_days: 60, most_false: 1, days: 30, promote: true });
    if (process.env.SHOTS) await panel.screenshot({ path: `${process.env.SHOTS}/schedule.png` });
    await panel.getByRole("button", { name: "Remove it" }).click();
    await panel.getByText("No schedule: people alone").waitFor();
    assert.deepEqual(problems, []);
  });

  it("say why a scheduled training came to nothing", async () => {
    bench.mock.set({ health: "refused" });
    const { page } = await model_page();
    await page.locator('[data-retrain="refused"]', { hasText: "not enough evidence: the window has 311 rows" }).waitFor();
  });

  it("say that the server stopped during a replay, which can be started again", async () => {
    bench.mock.set({ health: "replay_lost" });
    const { page } = await model_page();
    await version(page, 2).getByRole("button", { name: "Replay over the past" }).click();
    await version(page, 2).getByText("The server stopped during the replay").waitFor();
    assert.ok(await version(page, 2).getByRole("button", { name: "Replay over the past" }).isEnabled());
  });

  it("show their card with every split beside the other, and what it cannot say", async () => {
    const { page } = await model_page();
    await version(page, 2).getByRole("button", { name: "Replay over the past" }).click();
    await page.getByText("Version 2 was replayed.").waitFor();
    const text = await version(page, 2).textContent();
    for (const words of ["later block of the same stretch", "all stored past that it did not learn from", "0.2 (0.1 – 0.6)", "It names no fault and no remaining life", "rests on 46 blocks of 10 min", "simulated values"]) assert.ok(text.includes(words), words);
  });

  it("are only shown to who may not decide", async () => {
    bench.mock.set({ health: "view" });
    const { page } = await model_page();
    assert.equal(await page.getByRole("button", { name: /Put live|Reject|Replay|Set the schedule/ }).count(), 0);
  });

  for (const [lang, theme] of [["en", "light"], ["zh", "dark"]]) {
    it(`can be used by all and fit a phone (${lang}, ${theme})`, async () => {
      const { page } = await model_page({ lang, theme, width: 390, height: 844, touch: true });
      await version(page, 2).getByRole("button", { name: lang === "zh" ? "用历史回放" : "Replay over the past" }).click();
      await page.locator("[data-replay]").waitFor();
      assert.deepEqual(await serious_findings(page), []);
      assert.equal(await sideways(page), 0);
      const small = await page.locator(".health-page :is(button, a, summary)").evaluateAll((all) => all.filter((each) => each.getBoundingClientRect().height < 43.5 && each.getBoundingClientRect().height > 0).map((each) => `${each.textContent} ${each.getBoundingClientRect().height}`));
      assert.deepEqual(small, []);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/model-${lang}-${theme}.png`, fullPage: true });
    });
  }
});

describe("remaining life", () => {
  for (const [lang, words] of [
    ["en", ["Remaining life of", "Fails between", "with 90", "held the truth for 91", "oil_temperature shortens it by 41", "For 2 h of this life nobody knows", "26 machines until they failed, from lives.csv"]],
    ["zh", ["的剩余寿命", "之间失效", "此类区间有 91", "oil_temperature 使其缩短 41", "运行状态未知", "由 26 台设备运行至故障的数据（lives.csv）训练"]],
  ]) {
    it(`is a range of dates with what it rests on (${lang})`, async () => {
      const { page, problems } = await health_page({ lang }, "/maintenance?life=press-1");
      await page.locator('[data-life="range"]').waitFor();
      await page.locator("form.health-form").waitFor();
      const text = await page.textContent(".health-page");
      for (const word of words) assert.ok(text.includes(word), `${word}: ${text.slice(0, 1500)}`);
      assert.deepEqual(await serious_findings(page), []);
      assert.equal(await sideways(page), 0);
      await page.screenshot({ path: `/tmp/found_life_${lang}.png`, fullPage: true });
      await page.setViewportSize({ width: 390, height: 844 });
      assert.equal(await sideways(page), 0);
      await page.screenshot({ path: `/tmp/found_life_phone_${lang}.png`, fullPage: true });
      assert.deepEqual(problems, []);
    });
  }

  it("says that it is too early, and why nothing is claimed", async () => {
    const { page } = await health_page({}, "/maintenance?life=cnc-1");
    await page.locator('[data-life="too_early"]').getByRole("heading", { name: "Too early to say: not before" }).waitFor();
    await page.goto(page.url().replace("cnc-1", "cnc-2"));
    await page.locator('[data-life="nothing"]').getByText("has had no good value of late").waitFor();
    await page.goto(page.url().replace("?life=cnc-2", ""));
    await page.locator('[data-life-line="press-1"]').getByText("Fails between").waitFor();
  });

  it("can be followed, changed and ended by whoever may", async () => {
    const opened = await health_page({}, "/maintenance?life=furnace-1");
    const { page } = opened;
    opened.expect_problem(/404/);
    await page.getByText("No model follows this machine yet.").waitFor();
    opened.expect_problem(/400/);
    await page.getByRole("button", { name: "Follow" }).click();
    await page.getByText("say which tag is the model's column").waitFor();
    for (const column of ["oil_temperature", "hydraulic_pressure"]) await page.getByLabel(`Model’s column ${column}`).selectOption({ index: 1 });
    await page.getByLabel("This life began").fill("2026-01-02T06:00");
    await page.getByLabel("A new life begins with events").fill("lining replaced");
    await page.getByRole("button", { name: "Follow" }).click();
    await page.getByText("Done: it is in the audit log.").waitFor();
    const sent = bench.mock.scenario.requests.findLast((each) => each.startsWith("PUT /api/maintenance/life/furnace-1"));
    const order = JSON.parse(sent.slice(sent.indexOf("{")));
    assert.equal(order.begins, "lining replaced");
    assert.equal(order.unit_s, 3600);
    assert.equal(order.since_ms, await page.evaluate(() => new Date("2026-01-02T06:00").getTime())); // in the browser's zone
    await page.getByRole("button", { name: "Stop following" }).click();
    await page.getByRole("group", { name: "Stop following" }).getByRole("button", { name: "Stop following" }).click();
    await page.getByText("No model follows this machine yet.").waitFor();
    bench.mock.set({ health: "view" });
    await page.goto(page.url().replace("furnace-1", "press-1"));
    await page.locator('[data-life="range"]').waitFor();
    assert.equal(await page.getByRole("button", { name: "Stop following" }).count(), 0);
    assert.equal(await page.locator("form.health-form").count(), 0);
  });
});

describe("the cards of models", () => {
  async function cards_page(options = {}) {
    const opened = await health_page(options, "/maintenance?view=cards");
    await opened.page.locator('[data-card="fd001"]').waitFor();
    return opened;
  }

  it("are reached from the health page and show every split beside the others", async () => {
    const { page, problems } = await health_page();
    await page.getByRole("link", { name: "Model cards" }).click();
    const card = page.locator('[data-card="fd001"]');
    await card.waitFor();
    const rows = await card.locator('[data-metric="rmse"]').evaluateAll((all) => all.map((each) => [each.dataset.split, each.textContent, parseFloat(each.querySelector(".split-fill").style.width)]));
    assert.deepEqual(rows.map((each) => each[0]), ["random", "asset_wise"]);
    assert.match(rows[1][1], /whole machines13.4.*11.9 – 15.2.*n = 20,631, one seed/);
    assert.ok(rows[0][2] < rows[1][2], "the bars are drawn to one scale");
    assert.equal(await card.locator(".split-range").count(), 2, "a line where single folds are known");
    assert.match(await card.locator('[data-refused="time_block"]').textContent(), /blocks of time: not scored, leakage/);
    assert.match(await page.locator('[data-card="broken"]').textContent(), /is not as it was written/);
    await page.locator('[data-health-card="cnc-1"] a').click();
    await page.locator("[data-model-page]").waitFor();
    assert.deepEqual(problems, []);
  });

  it("name the leaking column that a person decided on, the data and the limits", async () => {
    const { page } = await cards_page();
    const card = page.locator('[data-card="ai4i"]');
    await card.getByText("Data", { exact: true }).click();
    const text = await card.textContent();
    for (const words of ["HDF: is only set where something failed", "ai4i2020.csv", "line-1", "10,000", "Rows of the same columns"]) assert.ok(text.includes(words), words);
  });

  it("say how one is made where there is none", async () => {
    bench.mock.set({ health: "none" });
    const { page } = await health_page({}, "/maintenance?view=cards");
    await page.getByText("No model was trained from a file").waitFor();
  });

  for (const [lang, theme] of [["en", "light"], ["zh", "dark"]]) {
    it(`can be used by all and fit a phone (${lang}, ${theme})`, async () => {
      const { page } = await cards_page({ lang, theme, width: 390, height: 844, touch: true });
      assert.deepEqual(await serious_findings(page), []);
      assert.equal(await sideways(page), 0);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/cards-${lang}-${theme}.png`, fullPage: true });
    });
  }

  it("stand beside each other on a wide screen", async () => {
    const { page } = await cards_page({ width: 1440, height: 900 });
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/cards-wide.png`, fullPage: true });
    assert.equal(await sideways(page), 0);
  });
});
