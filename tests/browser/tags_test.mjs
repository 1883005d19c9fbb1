// All tags, and every way in: search, filters, live values, a device that is lost and comes back.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { open_bench, serious_findings, sideways } from "./harness.mjs";

let bench;
before(async () => {
  bench = await open_bench();
});
afterEach(() => bench.reset());
after(() => bench.close());

describe("the tag browser", () => {
  it("finds by part of a name, in both languages, and leads to the trend", async () => {
    const { page, problems } = await bench.page("/tags");
    await page.waitForSelector("[data-tag]");
    await page.getByRole("searchbox").fill("spindle temp cnc-2");
    await page.waitForFunction(() => document.querySelectorAll("[data-tag]").length === 1);
    await page.waitForFunction(() => location.search.includes("q=spindle"));
    await page.getByRole("searchbox").fill("2号 主轴温度");
    await page.locator('[data-tag="cnc-2/spindle_temperature"] a').click();
    await page.waitForSelector(".tag-trend-large canvas");
    assert.equal(new URL(page.url()).searchParams.get("tag"), "cnc-2/spindle_temperature");
    assert.deepEqual(problems, []);
  });

  it("filters by machine and quality, and follows the quality as it changes", async () => {
    const { page } = await bench.page("/tags");
    await page.waitForSelector("[data-tag]");
    await page.getByLabel("Machine", { exact: true }).selectOption("cnc-1");
    await page.waitForFunction(() => [...document.querySelectorAll("[data-tag]")].every((each) => each.dataset.tag.startsWith("cnc-1/")));
    const all = await page.locator("[data-tag]").count();
    await page.getByRole("radio", { name: "good" }).click();
    await page.waitForFunction(() => location.search.includes("quality=good"));
    const good = await page.locator("[data-tag]").count();
    assert.ok(good > 0 && all > 1);
    await page.getByRole("radio", { name: "bad" }).click();
    const bad = () => page.waitForFunction((count) => document.querySelectorAll("[data-tag]").length === count, all);
    bench.mock.set({ broker: "down" });
    await bad();
    bench.mock.set({ broker: "up" });
    await page.waitForFunction((count) => document.querySelectorAll("[data-tag]").length === count, all - good);
  });

  it("draws only the rows in sight of 10,000", async () => {
    const asset = (i) => ({
      id: `m-${i}`, name: { en: `Machine ${i}`, zh: `${i}号机` }, kind: "press", kind_name: { en: "press", zh: "压机" }, line: "line-1", state: "running", state_name: { en: "running", zh: "运行" }, state_since_ms: 1, states: [], abnormal: [],
      tags: Array.from({ length: 10 }, (_, k) => ({ id: `m-${i}/t${k}`, name: { en: `temperature ${k}`, zh: `温度${k}` }, unit: "degC", low: null, high: null, key: false, kind: "number", decimals: 1, latest: { value: 20 + k, text: "", ts_ms: Date.now(), quality: "good", reason: null } })),
    });
    const opened = await bench.page("/ask");
    const { page } = opened;
    await page.route("**/api/plant", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), assets: Array.from({ length: 1000 }, (_, i) => asset(i)) } });
    });
    await page.goto(`${bench.mock.url}/tags`);
    await page.getByText("10,000 of 10,000 tags").waitFor();
    assert.ok((await page.locator("[data-tag]").count()) < 60);
    await page.evaluate(() => window.scrollTo(0, 300_000));
    await page.waitForFunction(() => [...document.querySelectorAll("[data-tag]")].some((each) => each.dataset.tag.startsWith("m-68")));
    assert.ok((await page.locator("[data-tag]").count()) < 60);
    await page.getByRole("searchbox").fill("m-777/");
    await page.waitForFunction(() => document.querySelectorAll("[data-tag]").length === 10);
  });
});

describe("a CSV file", () => {
  const file = { name: "oven.csv", mimeType: "text/csv", buffer: Buffer.from("time,Oil temp,Note\n2026-01-01T00:00:00Z,41.5,x\n2026-01-01T00:01:00Z,42.5,y\n") };
  for (const [lang, words] of [
    ["en", { open: "Import a CSV …", file: "File", look: "Look again", store: "Store 2 samples", stored: "2 samples stored", none: "no column names a tag", unknown: "'Note' names no tag" }],
    ["zh", { open: "导入 CSV 文件…", file: "文件", look: "重新预览", store: "存储 2 个采样", stored: "已存储 2 个采样", none: "没有列对应工厂的测点", unknown: "“Note”不是信号" }],
  ]) {
    it(`is mapped and looked at before it is stored (${lang})`, async () => {
      const opened = await bench.page("/tags", { lang, width: 390, height: 844 });
      opened.expect_problem(/400/);
      const { page, problems } = opened;
      await page.getByRole("button", { name: words.open }).click();
      await page.getByLabel(words.file, { exact: true }).setInputFiles(file);
      await page.getByText(words.none).waitFor();
      assert.equal(await page.getByRole("button", { name: words.store }).count(), 0);
      await page.getByLabel("Oil temp").fill("press-1/oil_temperature");
      await page.getByRole("button", { name: words.look }).click();
      await page.getByText(words.unknown).waitFor();
      assert.deepEqual(await serious_findings(page), []);
      assert.equal(await sideways(page), 0);
      await page.getByRole("button", { name: words.store }).click();
      await page.locator("[data-csv=stored]").getByText(words.stored).waitFor();
      assert.deepEqual(problems, []);
    });
  }

  it("is not offered to who may only look", async () => {
    bench.mock.set({ session: "onlooker" });
    const { page } = await bench.page("/tags");
    await page.waitForSelector("[data-tag]");
    assert.equal(await page.getByRole("button", { name: "Import a CSV …" }).count(), 0);
  });
});

describe("the connections", () => {
  for (const [lang, words] of [
    ["en", ["1 not as they should be", "A certificate expires in 1", "not connected", "refused the connection", "1 h 2 min ahead", "Modbus TCP"]],
    ["zh", ["其中 1 个异常", "拒绝连接", "1小时2分钟"]],
  ]) {
    it(`says by icon and word what is wrong, since when and why (${lang})`, async () => {
      bench.mock.set({ connectors: "failed" });
      const { page, problems } = await bench.page("/connections", { lang });
      await page.locator("[data-connection=press-plc][data-state=failed]").waitFor();
      const text = await page.textContent(".connections-page");
      for (const word of words) assert.ok(text.includes(word), `${word} in ${text}`);
      assert.equal(await page.locator("[data-connection]").first().getAttribute("data-connection"), "press-plc", "worst first");
      assert.deepEqual(await serious_findings(page), []);
      assert.equal(await sideways(page), 0);
      assert.deepEqual(problems, []);
    });
  }

  it("is live: a device is lost and comes back, and its rate is drawn", async () => {
    const { page, problems } = await bench.page("/connections");
    await page.locator("[data-connection=press-plc][data-state=connected]").waitFor();
    bench.mock.set({ connectors: "failed" });
    await page.locator("[data-connection=press-plc][data-state=failed]").waitFor();
    bench.mock.set({ connectors: "well" });
    await page.locator("[data-connection=press-plc][data-state=connected]").waitFor();
    await page.waitForSelector("[data-connection=broker] .sparkline path[d^=M]", { state: "attached" });
    assert.deepEqual(problems, []);
  });

  it("says when there is none", async () => {
    bench.mock.set({ connectors: "none" });
    const { page } = await bench.page("/connections");
    await page.getByText("No machine is connected").waitFor();
  });
});

describe("the navigation on a phone", () => {
  it("keeps what does not fit behind one more, by keyboard too", async () => {
    const { page, problems } = await bench.page("/ask", { width: 390, height: 844, touch: true });
    await page.waitForSelector(".bottom-bar");
    await page.locator(".nav-more summary").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Connections" }).waitFor();
    assert.deepEqual(await serious_findings(page), []);
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Connections" }).waitFor({ state: "hidden" });
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Connections" }).click();
    await page.waitForSelector(".connections-page");
    assert.equal(await page.locator(".nav-more").getAttribute("open"), null);
    assert.deepEqual(problems, []);
  });
});
