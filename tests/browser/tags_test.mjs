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

  const named = (name, text) => ({ name, mimeType: "text/csv", buffer: typeof text === "string" ? Buffer.from(text) : text });
  async function csv_panel(lang = "en") {
    const opened = await bench.page("/tags", { lang });
    await opened.page.getByRole("button", { name: lang === "en" ? "Import a CSV …" : "导入 CSV 文件…" }).click();
    const orders = [];
    opened.page.on("request", (request) => request.url().endsWith("/api/plant/csv") && orders.push(request.postDataJSON()));
    return { ...opened, orders, input: opened.page.getByLabel(lang === "en" ? "File" : "文件", { exact: true }) };
  }

  it("brings nothing of the mapping of the file before", async () => {
    const { page, input, orders, expect_problem } = await csv_panel();
    expect_problem(/400/);
    await input.setInputFiles(file);
    await page.getByLabel("Oil temp").fill("press-1/oil_temperature");
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByRole("button", { name: "Store 2 samples" }).waitFor();
    await input.setInputFiles(named("other.csv", "time,Oil temp\n2026-01-01T00:00:00Z,1\n"));
    await page.getByText("no column names a tag").waitFor();
    assert.deepEqual(orders.map(({ map }) => map), [{}, { "Oil temp": "press-1/oil_temperature" }, {}]);
    assert.equal(await page.getByLabel("Oil temp").inputValue(), "");
  });

  it("is stored only as it was looked at: another zone or mapping has to be looked at first", async () => {
    const { page, input, orders } = await csv_panel();
    await input.setInputFiles(named("press.csv", "time,press-1/oil_temperature,Note\n2026-01-01 00:00,41.5,x\n"));
    const store = page.getByRole("button", { name: "Store 1 sample" });
    await store.waitFor();
    for (const [field, value] of [["Zone of times without one", "-08:00"], ["Note", "press-1/ram_force"]]) {
      assert.ok(await store.isEnabled());
      await page.getByLabel(field).fill(value);
      await page.getByText("look again before storing").waitFor();
      assert.ok(await store.isDisabled());
      assert.deepEqual(await serious_findings(page), []);
      await page.getByRole("button", { name: "Look again" }).click();
      await page.getByText("look again before storing").waitFor({ state: "detached" });
    }
    await page.getByLabel("Zone of times without one").fill("+08:00");
    await page.getByLabel("Zone of times without one").fill("-08:00"); // as it was looked at
    await page.getByRole("button", { name: /^Store/ }).click();
    await page.waitForSelector("[data-csv=stored]");
    assert.deepEqual([orders.at(-1).store, orders.at(-1).utc_offset, orders.at(-2).utc_offset], [true, "-08:00", "-08:00"]);
  });

  for (const [lang, words] of [
    ["en", { said: "may be cut", tick: "Line 3, the last, is whole: take it too", look: "Look again", store: (n) => `Store ${n} ${n === 1 ? "sample" : "samples"}` }],
    ["zh", { said: "可能不完整", tick: "最后一行（第 3 行）是完整的，一并导入", look: "重新预览", store: (n) => `存储 ${n} 个采样` }],
  ]) {
    it(`whose last line may be cut is stored without it, unless one says that it is whole (${lang})`, async () => {
      const { page, input, orders } = await csv_panel(lang);
      await input.setInputFiles(named("cut.csv", "time,press-1/oil_temperature\n2026-01-01T00:00:00Z,40.5\n2026-01-01T00:01:00Z,41"));
      await page.getByText(words.said).waitFor();
      assert.ok(await page.getByRole("button", { name: words.store(1) }).isEnabled());
      await page.getByLabel(words.tick).check();
      assert.ok(await page.getByRole("button", { name: words.store(1) }).isDisabled(), "it has to be looked at first");
      await page.getByRole("button", { name: words.look }).click();
      await page.getByRole("button", { name: words.store(2) }).waitFor();
      assert.equal(await page.getByText(words.said).count(), 0);
      assert.ok(await page.getByLabel(words.tick).isChecked());
      assert.deepEqual(await serious_findings(page), []);
      await page.getByRole("button", { name: words.store(2) }).click();
      await page.waitForSelector("[data-csv=stored]");
      assert.deepEqual(orders.map(({ store, take_last_line }) => [store, take_last_line]), [[false, false], [false, true], [true, true]]);
    });
  }

  it("shows the newest file, whichever answer comes last", async () => {
    const { page, input } = await csv_panel();
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route("**/api/plant/csv", async (route) => {
      if (route.request().postDataJSON().text.includes("older")) await held;
      await route.continue();
    });
    // Nobody can while one is under way; what is chosen in the same moment gets past that.
    const choose = (header) =>
      input.evaluate((element, text) => {
        const files = new DataTransfer();
        files.items.add(new File([text], "a.csv"));
        element.files = files.files;
        element.dispatchEvent(new Event("change", { bubbles: true }));
      }, `time,press-1/oil_temperature,${header}\n2026-01-01T00:00:00Z,1\n`);
    const sent = page.waitForRequest("**/api/plant/csv");
    await choose("older");
    await sent;
    await choose("newer");
    await page.getByLabel("newer").waitFor();
    const answered = page.waitForResponse("**/api/plant/csv");
    release();
    await answered;
    await page.waitForTimeout(200);
    assert.equal(await page.getByLabel("older").count(), 0);
    assert.ok(await page.getByLabel("newer").isVisible());
  });

  it("takes no other file while one is under way", async () => {
    const { page, input } = await csv_panel();
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route("**/api/plant/csv", async (route) => {
      await held;
      await route.continue();
    });
    await input.setInputFiles(named("press.csv", "time,press-1/oil_temperature\n2026-01-01T00:00:00Z,1\n"));
    await page.getByText("One moment").first().waitFor();
    assert.ok(await input.isDisabled());
    release();
    await page.getByRole("button", { name: "Store 1 sample" }).waitFor();
    assert.ok(await input.isEnabled());
  });

  for (const [lang, words] of [
    ["en", { read: "Read as GB18030", other: "neither UTF-8 nor GB18030" }],
    ["zh", { read: "按 GB18030 读取", other: "既不是 UTF-8 也不是 GB18030" }],
  ]) {
    it(`is read as Excel on a Chinese machine writes it (${lang})`, async () => {
      const { page, input, orders, expect_problem } = await csv_panel(lang);
      expect_problem(/400/);
      await input.setInputFiles(named("gbk.csv", Buffer.concat([Buffer.from("time,"), Buffer.from([0xd3, 0xcd, 0xce, 0xc2]), Buffer.from("\n2026-01-01T00:00:00Z,41.5\n")])));
      await page.getByText(words.read).waitFor();
      await page.getByLabel("油温").waitFor();
      assert.ok(orders.at(-1).text.startsWith("time,油温\n"));
      await input.setInputFiles(named("utf16.csv", Buffer.from("\ufefftime,a\n", "utf16le")));
      await page.locator(".field-problem", { hasText: words.other }).waitFor();
      assert.equal(orders.length, 1);
      assert.equal(await page.getByText(words.read).count(), 0);
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

  it("shows how the last day was, when asked", async () => {
    const { page, problems } = await bench.page("/connections");
    const card = page.locator("[data-connection=press-plc]");
    await card.getByText("Last 24 hours").click();
    await card.getByText(/not connected (1 h|55 min|1 h 5 min) · not recorded/).waitFor();
    await card.locator(".connection-strip .strip-failed").waitFor({ state: "attached" });
    await card.locator(".connection-history .sparkline path[d^=M]").waitFor({ state: "attached" });
    assert.deepEqual(await serious_findings(page), []);
    assert.equal(await sideways(page), 0);
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

  it("closes it on a tap elsewhere", async () => {
    const { page } = await bench.page("/ask", { width: 390, height: 844, touch: true });
    await page.locator(".nav-more summary").tap();
    await page.getByRole("link", { name: "Connections" }).waitFor();
    await page.touchscreen.tap(60, 200);
    await page.getByRole("link", { name: "Connections" }).waitFor({ state: "hidden" });
    await page.locator(".nav-more summary").tap();
    await page.getByRole("link", { name: "Connections" }).waitFor();
    await page.locator(".nav-more summary").tap();
    await page.getByRole("link", { name: "Connections" }).waitFor({ state: "hidden" });
  });
});
