// Each page when there is nothing, when it fails, and when the line is lost.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { open_bench, serious_findings, sideways } from "./harness.mjs";

let bench;
before(async () => {
  bench = await open_bench();
});
afterEach(() => bench.reset());
after(() => bench.close());

const server_error = /status of 50[03]/;

describe("nothing there", () => {
  for (const lang of ["en", "zh"]) {
    it(`says so on every page and what to do (${lang})`, async () => {
      bench.mock.set({ plant: "none", models: "none", system: "none" });
      for (const [path, words] of [
        ["/ask", { en: "No machine to see", zh: "没有可查看的设备" }],
        ["/plant", { en: "No machine to see", zh: "没有可查看的设备" }],
        ["/plant/cnc-2", { en: "There is no machine “cnc-2”", zh: "没有名为“cnc-2”的设备" }],
        ["/models", { en: "No model on this machine", zh: "本机没有模型" }],
        ["/ask?mode=chat", { en: "No model is ready", zh: "没有可用的模型" }],
        ["/system", { en: "Nothing recorded yet", zh: "还没有记录" }],
        ["/nowhere", { en: "There is no such page", zh: "没有这个页面" }],
      ]) {
        const { page, problems } = await bench.page(path, { lang, width: 390, height: 844 });
        await page.getByText(words[lang]).first().waitFor();
        assert.equal(await sideways(page), 0, path);
        assert.deepEqual(await serious_findings(page), [], path);
        assert.deepEqual(problems, [], path);
      }
    });
  }

  it("draws an empty trend as empty, not as zero", async () => {
    bench.mock.set({ series: "none" });
    const { page, problems } = await bench.page("/plant/cnc-2?from=2026-01-05T05:00:00Z&to=2026-01-05T06:00:00Z");
    await page.getByText("No data in this stretch of time").first().waitFor();
    assert.deepEqual(problems, []);
  });
});

describe("a failure", () => {
  for (const lang of ["en", "zh"]) {
    it(`is told in the server's words where it happened, and can be tried again (${lang})`, async () => {
      for (const [path, what, words] of [
        ["/plant", { plant: "error" }, { en: "The sample store is being opened", zh: "正在打开采样存储" }],
        ["/plant/cnc-2", { plant: "error" }, { en: "The sample store is being opened", zh: "正在打开采样存储" }],
        ["/models", { models: "error" }, { en: "The model store could not be read", zh: "无法读取模型库" }],
        ["/system", { system: "error", events: "down" }, { en: "The metrics could not be read", zh: "无法读取指标" }],
      ]) {
        bench.mock.set({ events: "down", ...what });
        const opened = await bench.page(path, { lang });
        opened.expect_problem(server_error);
        opened.expect_problem(/ERR_EMPTY_RESPONSE|ERR_CONNECTION|ERR_INCOMPLETE/);
        const { page } = opened;
        await page.getByText(words[lang]).first().waitFor();
        bench.mock.reset();
        await page.getByRole("button", { name: lang === "en" ? "Try again" : "重试" }).click();
        await page.getByText(words[lang]).first().waitFor({ state: "detached" });
      }
    });
  }

  it("of one trend leaves the rest of the page alone", async () => {
    bench.mock.set({ series: "error" });
    const opened = await bench.page("/plant/cnc-2");
    opened.expect_problem(server_error);
    await opened.page.getByText("The block at 14:02 fails its checksum.").first().waitFor();
    assert.equal(await opened.page.textContent("h1").then((text) => text.includes("CNC-2")), true);
    assert.match(await opened.page.textContent("[data-tag='cnc-2/spindle_temperature'] .value"), /\d/);
  });

  it("of the disk stands on the System page", async () => {
    bench.mock.set({ system: "disk" });
    const { page, problems } = await bench.page("/system");
    await page.getByText("1,204 samples since 14:02 could not be stored").waitFor();
    assert.deepEqual(problems, []);
  });

  it("of what is thinned out stands on the System page", async () => {
    bench.mock.set({ retention: "failing" });
    const { page, problems } = await bench.page("/system");
    await page.getByRole("alert").getByText("old samples stay as they are").waitFor();
    await page.getByText("Too late: only aggregates are kept").waitFor();
    assert.deepEqual(problems, []);
  });

  it("of the certificate, or its coming end, stands on the System page", async () => {
    bench.mock.set({ certificate: "expires_soon" });
    const { page, problems } = await bench.page("/system");
    await page.getByText("It expires in 1", { exact: false }).waitFor();
    assert.equal(await page.getByText("CN=millwright.plant.example").count(), 1);
    const others = page.getByRole("table", { name: "Certificates of others" }).getByRole("row");
    assert.match(await others.nth(0).innerText(), /Connection · events\s+kafka-1.plant:9093 · CN=kafka-1.plant\s+A certificate expired (3 d|2 d 23 h) ago/);
    assert.match(await others.nth(1).innerText(), /Notification · shift[^]*A certificate expires in 1[12] d/);
    assert.match(await others.nth(4).innerText(), /Identity provider · Plant ID[^]*Not seen yet\s*no connection/);
    bench.mock.set({ certificate: "refused" });
    await page.getByText("does not belong to certificate").waitFor();
    bench.mock.set({ certificate: "expired" });
    await page.getByRole("alert").getByText("It has expired").waitFor();
    assert.deepEqual(problems, []);
  });

  it("of a data folder that came out of a backup stands on the System page in both languages", async () => {
    bench.mock.set({ data: "restored" });
    const { page, problems } = await bench.page("/system");
    await page.getByText(/^Restored on .*24.* from a backup of .*20/).waitFor();
    bench.mock.set({ data: "damaged" });
    await page.getByText("Part of it was damaged already").waitFor();
    bench.mock.set({ data: "renamed" });
    await page.getByText("Histories without a tag").waitFor();
    assert.equal(await page.getByText("Restored on").count(), 0);
    assert.deepEqual(problems, []);
    bench.mock.set({ data: "restored" });
    const chinese = await bench.page("/system", { lang: "zh" });
    await chinese.page.getByText(/已于.*从.*的备份恢复/).waitFor();
  });

  it("of a download says what to do", async () => {
    bench.mock.set({ models: "failed" });
    const { page } = await bench.page("/models");
    await page.getByText("The file ends after 121,204,736").waitFor();
    assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 1);
  });
});

describe("something slow", () => {
  it("shows shapes after 300 ms, then the page", async () => {
    bench.mock.set({ plant: "slow" });
    const { page } = await bench.page("/plant");
    await page.waitForSelector(".skeleton-shown", { timeout: 1500 });
    await page.waitForSelector(".tile");
    assert.equal(await page.locator(".skeleton").count(), 0);
  });
});

describe("a lost connection", () => {
  it("is a banner with a countdown; the page keeps its data, marked as old, and recovers", async () => {
    const opened = await bench.page("/plant");
    opened.expect_problem(/ERR_|Failed to load/);
    const { page } = opened;
    await page.waitForSelector(".tile .value-good");
    bench.mock.set({ events: "down" });
    const banner = page.locator("[data-banner=connection]");
    await banner.getByText("Connection lost").waitFor();
    await banner.getByText(/Next attempt in \d+ s|Connecting/).waitFor();
    const text = await page.textContent(".tile .value-number");
    assert.match(text, /\d/);
    await page.waitForSelector(".tile .value-stale", { timeout: 25_000 });
    await page.getByText(/old · \d+ s ago/).first().waitFor();
    assert.deepEqual(await serious_findings(page), []);
    // Axe takes its time on a busy machine: not so late that the console connects by itself.
    await banner.getByText(/Next attempt in (1\d|[5-9]) s/).waitFor();
    bench.mock.set({ events: "live" });
    await page.getByRole("button", { name: "Connect now" }).click();
    await banner.waitFor({ state: "detached" });
    await page.waitForSelector(".tile .value-stale", { state: "detached" });
    assert.equal(bench.mock.streams(), 1);
  });

  it("to the machines is another banner, and their values are bad", async () => {
    bench.mock.set({ broker: "down" });
    const { page, problems } = await bench.page("/plant", { lang: "zh" });
    await page.locator("[data-banner=broker]").getByText("收不到设备数据").waitFor();
    await page.getByText("连接被拒绝").waitFor();
    assert.equal(await page.locator(".tile .state-pill.state-unknown").count(), 6);
    assert.equal(await page.locator(".tile .value-good").count(), 0);
    // One cause, one alarm: the tiles stay calm under the banner.
    assert.equal(await page.locator(".tile-amber, .tile-reason").count(), 0);
    bench.mock.set({ broker: "up" });
    await page.locator("[data-banner=broker]").waitFor({ state: "detached" });
    assert.deepEqual(problems, []);
  });

  it("while a question is answered keeps what was said and offers to ask again", async () => {
    bench.mock.set({ ask: "cut" });
    const opened = await bench.page("/ask");
    opened.expect_problem(/ERR_/);
    const { page } = opened;
    await page.fill("#ask-box", "What is the spindle temperature of CNC-2?");
    await page.keyboard.press("Enter");
    await page.locator(".sentence").waitFor();
    bench.mock.set({ ask: "answer" });
    await page.getByText("The answer was cut off before its end.").waitFor();
    assert.equal(await page.locator(".sentence").count(), 1);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.waitForSelector("[data-phase=done]");
    assert.equal(await page.locator(".turn").count(), 1);
  });
});
