// System: what the models do now, and where the time of each finished request went.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { open_bench, serious_findings, sideways } from "./harness.mjs";

let bench;
before(async () => {
  bench = await open_bench();
});
afterEach(() => bench.reset());
after(() => bench.close());

const listed = async () => (await (await fetch(`${bench.mock.url}/api/requests?limit=30`)).json()).requests;
const request_in = (page) => page.evaluate(() => new URLSearchParams(location.search).get("request"));

async function system_page(options = {}, path = "/system") {
  const opened = await bench.page(path, options);
  await opened.page.waitForSelector("[data-request-row]");
  return opened;
}

describe("what the models do now", () => {
  for (const [lang, words] of [
    ["en", ["Batch", "Queue", "of all prompt tokens were known", "of 9,310 tokens guessed ahead", "Memory bandwidth", "of 58.5 GB/s", "23.6 MB of 2.1 GB set aside"]],
    ["zh", ["批次", "队列", "提示词元已知", "预先猜测了 9,310 个词元", "内存带宽", "58.5 GB/s", "预留的 2.1 GB 中已用 23.6 MB"]],
  ]) {
    it(`stands there with its unit and what it means (${lang})`, async () => {
      const { page, problems } = await system_page({ lang });
      const text = await page.textContent(".system-grid");
      for (const word of words) assert.ok(text.includes(word), word);
      assert.deepEqual(problems, []);
    });
  }

  it("tells what the plant brings to who may see all of it, and the disk to all", async () => {
    bench.mock.set({ part_of_plant: true });
    const { page, problems } = await system_page();
    const panel = page.locator(".panel", { hasText: "Samples from the plant" });
    assert.equal(await panel.locator(".stat").count(), 1);
    assert.ok((await panel.textContent()).includes("Disk"));
    assert.deepEqual(problems, []);
  });

  it("follows the event stream", async () => {
    const { page } = await system_page();
    bench.mock.set({ busy: 5 });
    await page.locator(".stat", { hasText: "Batch" }).getByText("5", { exact: true }).waitFor();
    await page.getByText("5 being answered now").waitFor();
  });

  it("says that weights in the caches are not limited by memory, and keeps the bar on its track", async () => {
    bench.mock.set({ system: "over" });
    const { page } = await system_page();
    await page.getByText("139 %").waitFor();
    await page.getByText("memory is not the limit").waitFor();
    const over = await page.locator(".meter").first().evaluate((meter) => meter.firstElementChild.getBoundingClientRect().width - meter.getBoundingClientRect().width);
    assert.ok(over < 1);
  });

  it("compares with nothing on a machine that was not measured", async () => {
    bench.mock.set({ system: "unmeasured" });
    const { page } = await system_page();
    await page.getByText("has not been measured").waitFor();
    assert.equal(await page.locator(".meter.hatched").count(), 1);
  });
});

describe("the connections", () => {
  for (const [lang, words] of [
    ["en", ["press-plc", "Modbus TCP · 10.20.0.7:502", "not connected", "refused the connection; it is tried again", "clock is 1 h 2 min ahead", "Watched folder", "certificate expires in 12 d"]],
    ["zh", ["press-plc", "Modbus TCP 设备 · 10.20.0.7:502", "未连接", "拒绝连接，正在重试", "设备时钟快了", "监视的文件夹", "证书将在"]],
  ]) {
    it(`say which works, since when, and what went wrong (${lang})`, async () => {
      bench.mock.set({ connectors: "failed" });
      for (const width of [1440, 390]) {
        const { page, problems } = await system_page({ lang, width });
        await page.waitForSelector("[data-connector=press-plc] .state-fault");
        const text = await page.textContent(".connectors");
        for (const word of words) assert.ok(text.includes(word), `${word} in ${text}`);
        assert.equal(await sideways(page), 0);
        assert.deepEqual(await serious_findings(page), []);
        assert.deepEqual(problems, []);
      }
    });
  }

  it("follow the event stream, and are calm when all is well", async () => {
    const { page } = await system_page();
    await page.waitForSelector("[data-connector=press-plc] .state-run");
    assert.equal(await page.locator(".connectors .state-fault").count(), 0);
    bench.mock.set({ connectors: "failed" });
    await page.waitForSelector("[data-connector=press-plc] .state-fault");
  });
});

describe("a request's timeline", () => {
  it("opens by keyboard, closes by Escape, and the focus comes back", async () => {
    const { page, problems } = await system_page();
    const row = page.locator("[data-request-row] a").nth(2);
    await row.focus();
    const id = await page.locator("[data-request-row]").nth(2).getAttribute("data-request-row");
    await page.keyboard.press("Enter");
    await page.waitForSelector(`[data-request="${id}"] .request-parts`);
    assert.equal(await request_in(page), id);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Request");
    assert.equal(await page.getAttribute(`[data-request-row="${id}"] a`, "aria-current"), "true");
    await page.keyboard.press("Escape");
    await page.waitForSelector("[data-request]", { state: "detached" });
    await page.waitForFunction(() => !location.search.includes("request="));
    await page.waitForFunction((wanted) => document.activeElement.closest("[data-request-row]")?.dataset.requestRow === wanted, id);
    assert.deepEqual(problems, []);
  });

  it("opens from its address, after a reload too, and the back button closes it", async () => {
    const [, , , request] = await listed();
    const { page } = await system_page({}, `/system?request=${request.id}`);
    await page.waitForSelector(`[data-request="${request.id}"] .request-parts`);
    await page.getByText(request.id, { exact: true }).waitFor();
    await page.reload();
    await page.waitForSelector(`[data-request="${request.id}"] .request-parts`);
    const other = page.locator("[data-request-row]").nth(5);
    const id = await other.getAttribute("data-request-row");
    await other.locator("td").last().click({ force: true }); // the link covers the whole row
    await page.waitForSelector(`[data-request="${id}"]`);
    await page.goBack();
    await page.waitForSelector(`[data-request="${request.id}"]`);
  });

  it("leaves its row in view when the page becomes narrower and longer", async () => {
    const { page } = await system_page();
    const row = page.locator("[data-request-row]").nth(8);
    await row.scrollIntoViewIfNeeded();
    await row.locator("a").click();
    await page.waitForSelector("[data-request] .request-parts");
    await page.waitForTimeout(300);
    const { top, bottom } = await page.locator(".request-open").evaluate((element) => element.getBoundingClientRect());
    assert.ok(top >= 56 && bottom <= 900, `${top} to ${bottom}`);
  });

  it("goes when another page or the question box is opened, and so does its address", async () => {
    const [request] = await listed();
    const { page } = await system_page({}, `/system?request=${request.id}`);
    await page.waitForSelector("[data-request]");
    await page.keyboard.press("Control+k");
    await page.waitForSelector("[data-request]", { state: "detached" });
    assert.equal(await request_in(page), null);
    await page.goto(`${bench.mock.url}/system?request=${request.id}`);
    await page.waitForSelector("[data-request]");
    await page.getByRole("link", { name: "Plant" }).first().click();
    await page.waitForSelector(".tile");
    assert.equal(await page.locator("[data-request]").count(), 0);
  });

  it("draws as much bar as there is time, and hatches what came from the cache", async () => {
    const request = (await listed()).find((each) => each.finish === "stop" && each.cached_prompt_tokens > 0);
    const { page } = await system_page({}, `/system?request=${request.id}`);
    const bar = page.locator("[data-request] .request-bar").first();
    await bar.waitFor();
    const share = await bar.evaluate((element) => element.querySelector(".request-decode").getBoundingClientRect().width / element.getBoundingClientRect().width);
    const whole = request.queue_ms + request.prefill_ms + request.decode_ms;
    assert.ok(Math.abs(share - request.decode_ms / whole) < 0.02, `${share}`);
    assert.match(await page.locator("[data-request] .request-cached").first().evaluate((element) => getComputedStyle(element).backgroundImage), /repeating-linear-gradient/);
  });

  it("marks when the first token was predicted, or says that it had ended by then", async () => {
    const known = await (await fetch(`${bench.mock.url}/api/requests?limit=200`)).json();
    const late = (each) => each.predicted_first_token_ms > each.queue_ms + each.prefill_ms + each.decode_ms;
    for (const [request, lines, words] of [
      [known.requests.find((each) => late(each)), 0, "when it had ended already"],
      [known.requests.find((each) => !late(each)), 1, "(the line in the bar)"],
    ]) {
      const { page } = await system_page({}, `/system?request=${request.id}`);
      await page.getByText(words).waitFor();
      assert.equal(await page.locator(".request-predicted").count(), lines);
    }
  });

  it("that is not known any more says so in the server's words", async () => {
    const opened = await bench.page("/system?request=req_gone", { lang: "zh" });
    opened.expect_problem(/status of 404/);
    await opened.page.getByText("已不再保留这个请求").waitFor();
    await opened.page.getByText("没有“req_gone”").waitFor();
    assert.deepEqual(opened.problems, []);
  });

  for (const lang of ["en", "zh"]) {
    for (const [theme, width] of [["light", 390], ["dark", 390], ["light", 1440], ["dark", 1440]]) {
      it(`can be read and used by all (${lang}, ${theme}, ${width} px)`, async () => {
        const request = (await listed()).find((each) => each.finish === "error") ?? (await listed())[0];
        const { page, problems } = await system_page({ lang, theme, width, height: width === 390 ? 844 : 900, touch: width === 390 }, `/system?request=${request.id}`);
        await page.waitForSelector("[data-request] .request-parts");
        assert.equal(await sideways(page), 0);
        // The end of both first: what a bar covers by half counts as too small.
        await page.evaluate(() => {
          window.scrollTo(0, document.body.scrollHeight);
          for (const body of document.querySelectorAll(".aside-body")) body.scrollTop = body.scrollHeight;
        });
        assert.deepEqual(await serious_findings(page), []);
        assert.deepEqual(problems, []);
      });
    }
  }
});

describe("the list of requests", () => {
  it("grows by what finishes, without being fetched again", async () => {
    const { page } = await system_page();
    const first = await page.locator("[data-request-row]").first().getAttribute("data-request-row");
    let fetched = 0;
    page.on("request", (request) => (fetched += request.url().includes("/api/requests") ? 1 : 0));
    await page.waitForFunction((id) => document.querySelector("[data-request-row]").dataset.requestRow !== id, first, { timeout: 12_000 });
    assert.equal(await page.locator("[data-request-row]").nth(1).getAttribute("data-request-row"), first);
    assert.equal(fetched, 0);
  });

  it("stands still while somebody points at it, and says what is newer", async () => {
    const { page } = await system_page();
    await page.locator("[data-request-row]").nth(1).hover();
    const first = await page.locator("[data-request-row]").first().getAttribute("data-request-row");
    await page.getByText("1 newer").waitFor({ timeout: 12_000 });
    assert.equal(await page.locator("[data-request-row]").first().getAttribute("data-request-row"), first);
    await page.locator("h1").hover();
    await page.getByText("1 newer").waitFor({ state: "detached" });
    assert.notEqual(await page.locator("[data-request-row]").first().getAttribute("data-request-row"), first);
  });

  it("shows all on request", async () => {
    const { page } = await system_page();
    assert.equal(await page.locator("[data-request-row]").count(), 12);
    await page.getByRole("button", { name: /Show all/ }).click();
    await page.waitForFunction(() => document.querySelectorAll("[data-request-row]").length >= 199);
  });

  it("says that there is none, and that it could not be loaded", async () => {
    bench.mock.set({ history: "none" });
    const { page } = await bench.page("/system");
    await page.getByText("No request has finished yet").waitFor();
    bench.mock.set({ history: "error", events: "down" });
    const opened = await bench.page("/system", { lang: "zh" });
    opened.expect_problem(/status of 500|ERR_/);
    await opened.page.getByText("无法列出请求").waitFor();
  });
});
