// Vibration of a machine: its recordings, what one says, its charts and their tables, a new one, and who may what.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { open_bench, serious_findings, sideways } from "./harness.mjs";

let bench;
before(async () => {
  bench = await open_bench();
});
afterEach(() => bench.reset());
after(() => bench.close());

async function vibration_page(options = {}, path = "/maintenance?vibration=cnc-1") {
  const opened = await bench.page(path, options);
  await opened.page.locator("[data-vibration-page]").waitFor();
  return opened;
}

describe("vibration of a machine", () => {
  for (const [lang, words] of [
    ["en", ["Damage of the outer race", "damage: outer race", "no part named", "whitened: what the verdict rests on", "Waterfall of drive end", "3 recordings, the oldest at the top"]],
    ["zh", ["外圈损伤", "损伤：外圈", "未指明部位", "已白化", "drive end 的瀑布图", "3 条记录，最早的在上方"]],
  ]) {
    it(`says what the newest recording is and shows it in time, frequency and envelope (${lang})`, async () => {
      const { page, problems } = await vibration_page({ lang });
      await page.locator("[data-vibration-report='3000']").waitFor();
      await page.locator("[data-waterfall='3'] canvas").waitFor();
      const text = await page.textContent(".health-page");
      for (const word of words) assert.ok(text.includes(word), word);
      assert.equal(await page.locator(".vibration-figure svg[role=img]").count(), 3);
      assert.ok((await page.locator(".vibration-outer_race text").allTextContents()).includes("BPFO"));
      assert.deepEqual(problems, []);
    });
  }

  it("is reached from the machine, and goes from point to point and recording to recording", async () => {
    const { page, problems } = await bench.page("/maintenance");
    await page.locator('[data-machine="cnc-1"] a', { hasText: "Vibration" }).click();
    await page.locator("[data-vibration-report='3000']").waitFor();
    await page.locator("[data-vibration='1000'] a").click();
    await page.locator("[data-vibration-report='1000']").waitFor();
    await page.getByText("no part can be named").waitFor();
    await page.getByLabel("Measuring point").first().selectOption("fan end");
    await page.locator("[data-vibration-report='500']").waitFor();
    await page.locator("[data-waterfall='1']").waitFor();
    assert.deepEqual(problems, []);
  });

  it("has tables for whoever does not see the charts, by keyboard", async () => {
    const { page } = await vibration_page();
    await page.locator("[data-waterfall] canvas").waitFor();
    await page.getByText("All expected lines as a table").focus();
    await page.keyboard.press("Enter");
    const lines = await page.locator(".vibration-figure tbody tr").allTextContents();
    assert.equal(lines.length, 10);
    assert.match(lines[2], /BPFO.*outer race.*107\.4.*107\.0.*30\.0/);
    await page.getByText("The waterfall as a table").focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("[data-waterfall] tbody tr").count(), 3);
  });

  it("keeps a new recording, and says at the field what is wrong with one", async () => {
    const opened = await vibration_page();
    const { page, problems } = opened;
    opened.expect_problem(/400/);
    const form = page.locator("[data-vibration-form]");
    assert.equal(await form.getByLabel("Samples a second").inputValue(), "12000"); // as the last one
    assert.equal(await form.getByLabel("Bearing", { exact: true }).inputValue(), "9,0.3126,1.537,0");
    await form.getByRole("button", { name: "Keep the recording" }).click();
    await form.getByText("Choose a file first.").waitFor();
    await form.getByLabel("File").setInputFiles({ name: "short.csv", mimeType: "text/csv", buffer: Buffer.from("1\n2\nx\n") });
    await form.getByRole("button", { name: "Keep the recording" }).click();
    await form.getByText("line 3 is no number").waitFor();
    await form.getByLabel("Measuring point").fill("fan end");
    await form.getByLabel("File").setInputFiles({ name: "fan.csv", mimeType: "text/csv", buffer: Buffer.from("0.5\n-0.25\n".repeat(500)) });
    await form.getByRole("button", { name: "Keep the recording" }).click();
    await page.getByText("Kept.").waitFor();
    await page.locator("[data-waterfall='2']").waitFor();
    const sent = bench.mock.scenario.requests.filter((each) => each.startsWith("POST /api/maintenance/vibration")).at(-1);
    for (const each of ["asset=cnc-1", "file=fan.csv", "point=fan+end", "rate_hz=12000", "rpm=1797", "group=medium-rigid"]) assert.ok(sent.includes(each), each);
    assert.deepEqual(problems, []);
  });

  for (const [lang, words] of [
    ["en", ["The plant description knows the bearing here: 6205-2RS.", "Leave speed and bearing empty", "was no good speed at that time", "Bearing of the plant description: 6205-2RS. Speed by the signal cnc-1/spindle_speed.", "Measuring point", "Keep the recording"]],
    ["zh", ["工厂描述中已有此处的轴承：6205-2RS。", "转速与轴承留空即可使用", "当时没有有效转速", "轴承取自工厂描述：6205-2RS。", "测点", "保存记录"]],
  ]) {
    it(`leaves bearing and speed to the plant description, and says where they came from (${lang})`, async () => {
      const { page, problems } = await vibration_page({ lang }, "/maintenance?vibration=cnc-1&point=drive%20end&recording=2000");
      await page.locator("[data-sources]").waitFor();
      assert.ok((await page.locator("[data-sources]").textContent()).startsWith(words[3]));
      const form = page.locator("[data-vibration-form]");
      await form.getByLabel(words[4]).fill("motor end");
      const hint = await form.locator("[data-described]").textContent();
      for (const word of words.slice(0, 2)) assert.ok(hint.includes(word), hint);
      await form.locator("input[type=file]").setInputFiles({ name: "m.csv", mimeType: "text/csv", buffer: Buffer.from("0.5\n-0.25\n".repeat(500)) });
      await form.getByRole("button", { name: words[5] }).click();
      await page.getByRole("status").getByText(words[2]).waitFor();
      const sent = bench.mock.scenario.requests.filter((each) => each.startsWith("POST /api/maintenance/vibration")).at(-1);
      for (const each of ["rpm=", "bearing="]) assert.ok(!sent.includes(each), sent);
      assert.deepEqual(await serious_findings(page), []);
      assert.equal(await sideways(page), 0);
      assert.deepEqual(problems, []);
    });
  }

  it("removes one only after it was asked twice", async () => {
    const { page, problems } = await vibration_page();
    await page.getByRole("button", { name: "Remove it" }).click();
    await page.getByRole("button", { name: "Remove for good" }).click();
    await page.getByText("Removed.").waitFor();
    await page.locator("[data-vibration-report='2000']").waitFor();
    assert.deepEqual(problems, []);
  });

  it("lets whoever may only look add and remove nothing", async () => {
    bench.mock.set({ health: "view" });
    const { page } = await vibration_page();
    await page.locator("[data-vibration-report]").waitFor();
    assert.equal(await page.locator("[data-vibration-form]").count(), 0);
    assert.equal(await page.getByRole("button", { name: "Remove it" }).count(), 0);
  });

  it("says so where nothing was recorded", async () => {
    const { page, problems } = await vibration_page({}, "/maintenance?vibration=cnc-2");
    await page.getByText("No recording yet").waitFor();
    await page.locator("[data-vibration-form]").waitFor();
    assert.deepEqual(problems, []);
  });

  for (const [lang, theme] of [["en", "light"], ["zh", "dark"]]) {
    it(`can be used by all and fits a phone (${lang}, ${theme})`, async () => {
      const { page } = await vibration_page({ lang, theme, width: 390, height: 844, touch: true });
      await page.locator("[data-waterfall] canvas").waitFor();
      await page.locator("[data-vibration-report]").waitFor();
      assert.deepEqual(await serious_findings(page), []);
      assert.equal(await sideways(page), 0);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/vibration-${lang}-${theme}.png`, fullPage: true });
    });
  }
});
