// Plant: live values, the way to a trend, and the URL as the state of the screen.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { drawn_share, open_bench, until } from "./harness.mjs";

let bench;
before(async () => {
  bench = await open_bench();
});
afterEach(() => bench.reset());
after(() => bench.close());

describe("the plant page", () => {
  it("shows live values over one event stream a tab", async () => {
    const { page, problems } = await bench.page("/plant");
    const a_value_changes = async () => {
      const value = page.locator("[data-asset=cnc-2] .value-number").first();
      const old = await value.textContent();
      await page.waitForFunction((text) => document.querySelector("[data-asset=cnc-2] .value-number").textContent !== text, old, { timeout: 60_000 });
    };
    await a_value_changes();
    await page.goto(`${bench.mock.url}/system`);
    await page.goto(`${bench.mock.url}/plant`);
    await a_value_changes(); // by the new page's stream; a busy machine may take a while to end the old ones
    await until("one stream", async () => bench.mock.streams() === 1, 30);
    assert.deepEqual(problems, []);
  });

  it("tells what is wrong by icon and word, not by colour alone", async () => {
    const { page } = await bench.page("/plant");
    await page.waitForSelector(".tile");
    const press = page.locator("[data-asset=press-1]");
    assert.equal(await press.locator(".state-fault svg").count(), 1);
    assert.match(await press.locator(".state-fault").innerText(), /fault/);
    const compressor = page.locator("[data-asset=compressor-1]");
    assert.match(await compressor.innerText(), /Outlet temperature .* above the normal 100 °C/);
    const conveyor = page.locator("[data-asset=conveyor-1]");
    assert.match(await conveyor.innerText(), /bad · \d+ min/);
    assert.match(await conveyor.locator(".value-bad").evaluate((element) => getComputedStyle(element).backgroundImage), /repeating-linear-gradient/);
    // Calm when all is well: a good value and a running machine carry no colour.
    const calm = await page.locator("[data-asset=furnace-1] .state-pill").evaluate((element) => getComputedStyle(element).backgroundColor);
    assert.equal(calm, "rgb(255, 255, 255)");
  });

  it("sorts worst first on request, and the URL says so", async () => {
    const { page } = await bench.page("/plant");
    await page.waitForSelector(".tile");
    assert.equal(await page.locator(".tile").first().getAttribute("data-asset"), "cnc-1");
    await page.getByRole("radio", { name: "Worst first" }).click();
    assert.equal(await page.locator(".tile").first().getAttribute("data-asset"), "press-1");
    assert.match(page.url(), /sort=worst/);
    await page.reload();
    await page.waitForSelector(".tile");
    assert.equal(await page.locator(".tile").first().getAttribute("data-asset"), "press-1");
    await page.keyboard.press("Tab");
  });

  it("shows one line on request", async () => {
    const { page } = await bench.page("/plant?line=utilities");
    await page.waitForSelector(".tile");
    assert.deepEqual(await page.locator(".tile").evaluateAll((tiles) => tiles.map((tile) => tile.dataset.asset)), ["compressor-1"]);
  });
});

describe("a machine", () => {
  it("opens from its tile and from each of its values", async () => {
    const { page } = await bench.page("/plant?range=10m");
    await page.waitForSelector(".tile");
    await page.locator("[data-asset=cnc-2] h2 a").click();
    await page.waitForSelector("[data-tag='cnc-2/spindle_temperature'] canvas");
    assert.equal(new URL(page.url()).pathname, "/plant/cnc-2");
    assert.match(page.url(), /range=10m/);
    assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1", "the focus is where the page begins");
    assert.match(await page.title(), /^CNC-2/);
    await page.goBack();
    await page.locator("[data-asset=cnc-2] .tile-value").nth(1).click();
    await page.waitForSelector(".tag-trend-large[data-tag='cnc-2/spindle_vibration'] canvas");
    await page.getByText("cnc-2/spindle_vibration", { exact: true }).waitFor();
  });

  it("draws each signal, says it in words, and hatches what is missing", async () => {
    const { page, problems } = await bench.page("/plant/cnc-2");
    const trend = page.locator("[data-tag='cnc-2/spindle_vibration'] .trend");
    await trend.waitFor();
    assert.match(await trend.getAttribute("aria-label"), /spindle vibration in mm\/s, .*: lowest \d\.\d\d, highest \d\.\d\d, last \d\.\d\d/);
    for (const canvas of await page.locator(".tag-trend canvas").all()) assert.ok((await drawn_share(canvas)) > 0.01);
    await trend.focus();
    for (let i = 0; i < 3; i += 1) await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(() => /\d\.\d\d/.test(document.querySelector("[data-tag='cnc-2/spindle_vibration'] .trend-readout").textContent));
    assert.match(await page.getAttribute(".state-strip", "aria-label"), /States of CNC-2: running/);
    assert.deepEqual(problems, []);
  });

  it("says when only aggregates are left of what it draws", async () => {
    bench.mock.set({ series: "thinned" });
    const { page, problems } = await bench.page("/plant/cnc-2");
    await page.locator("[data-tag='cnc-2/spindle_vibration'] .tag-basis", { hasText: "minute" }).waitFor();
    assert.deepEqual(problems, []);
  });

  it("changes its stretch of time by dragging and by the list, and the back button undoes it", async () => {
    const { page } = await bench.page("/plant/cnc-2");
    const plot = page.locator("[data-tag='cnc-2/motor_current'] .u-over");
    await plot.waitFor();
    await page.waitForTimeout(400);
    await plot.scrollIntoViewIfNeeded();
    const box = await plot.boundingBox();
    await page.mouse.move(box.x + box.width * 0.25, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + 40, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=.*to=/);
    const query = new URL(page.url()).searchParams;
    const minutes = (Date.parse(query.get("to")) - Date.parse(query.get("from"))) / 60_000;
    assert.ok(minutes > 25 && minutes < 35, `${minutes} min`);
    await page.goBack();
    assert.equal(new URL(page.url()).search, "");
    await page.getByRole("combobox", { name: "Time range" }).selectOption("8h");
    assert.match(page.url(), /range=8h/);
    await page.waitForFunction(() => /idle|fault|set-up/.test(document.querySelector(".state-strip")?.getAttribute("aria-label") ?? ""));
  });

  it("takes a stretch of time that is typed in", async () => {
    const { page } = await bench.page("/plant/cnc-2");
    await page.getByRole("combobox", { name: "Time range" }).selectOption("form");
    await page.getByLabel("From", { exact: true }).fill("2026-01-05T06:00");
    await page.getByLabel("To", { exact: true }).fill("2026-01-05T05:00");
    await page.getByText("The end has to be after the start.").waitFor();
    await page.getByLabel("To", { exact: true }).fill("2026-01-05T07:30");
    await page.getByRole("button", { name: "Show" }).click();
    const query = new URL(page.url()).searchParams;
    assert.equal(query.get("from"), "2026-01-05T05:00:00Z", "typed in Europe/Berlin");
    assert.equal(query.get("to"), "2026-01-05T06:30:00Z");
  });
});

describe("places and OEE", () => {
  it("groups machines by area, line and cell, in the plant's own order only", async () => {
    const { page } = await bench.page("/plant");
    await page.waitForSelector(".tile");
    const forming = page.getByRole("region", { name: "Hall A › Line 1 › Press shop" });
    assert.deepEqual(await forming.locator(".tile").evaluateAll((tiles) => tiles.map((tile) => tile.dataset.asset)), ["press-1", "furnace-1"]);
    assert.match(await page.locator(".place-name").allInnerTexts().then((names) => names.join("|")), /Machining cell.*Press shop.*Utilities/);
    await page.getByRole("radio", { name: "Worst first" }).click();
    assert.equal(await page.locator(".place-name").count(), 0);
  });

  it("shows a machine's OEE with its factors and losses, and says what is missing", async () => {
    const { page, problems } = await bench.page("/plant/press-1?range=8h");
    const panel = page.getByRole("region", { name: "OEE of Press-1" });
    await panel.getByText("Availability").waitFor();
    assert.match(await panel.innerText(), /Performance[\s\S]*%[\s\S]*parts at an ideal 5 s/);
    assert.match(await panel.innerText(), /Losses, largest first[\s\S]*Rejected parts/);
    await page.goto(`${bench.mock.url}/plant/cnc-1?range=8h`);
    await page.getByText("no counter that tells good from rejected parts", { exact: false }).waitFor();
    assert.match(await page.getByRole("region", { name: "OEE of CNC-1" }).innerText(), /not enough evidence/);
    await page.goto(`${bench.mock.url}/plant/furnace-1?range=8h`);
    await page.locator(".tag-trends").waitFor();
    assert.deepEqual(problems, []);
  });
});

describe("what was chosen", () => {
  it("stays: language and theme", async () => {
    const { page } = await bench.page("/plant");
    await page.getByRole("button", { name: "切换到中文" }).click();
    await page.getByRole("heading", { name: "设备" }).waitFor();
    await page.getByRole("button", { name: /主题/ }).click();
    await page.getByRole("button", { name: /主题/ }).click();
    assert.equal(await page.getAttribute("html", "data-theme"), "dark");
    await page.reload();
    await page.getByRole("heading", { name: "设备" }).waitFor();
    assert.equal(await page.getAttribute("html", "data-theme"), "dark");
    assert.equal(await page.getAttribute("html", "lang"), "zh-CN");
  });
});
