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
    for (const word of ["68.4 °C", "81 %", "97 % alike", "Score 2.40, the alarm is over 1.34", "fan was blocked", "Compare the reading", "simulated"]) assert.ok(text.includes(word), word);
    await page.getByLabel("Note").fill("filter changed");
    await page.getByRole("button", { name: "Confirmed" }).click();
    await page.getByText("filter changed").waitFor();
    assert.ok(bench.mock.scenario.requests.includes('POST /api/maintenance/cases/2/outcome {"outcome":"confirmed","note":"filter changed"}'));
    assert.deepEqual(problems, []);
  });

  it("takes no outcome from who may only look", async () => {
    bench.mock.set({ health: "view" });
    const { page } = await health_page({}, "/maintenance?case=2");
    await page.getByText("still open").waitFor();
    assert.equal(await page.getByRole("button", { name: "Confirmed" }).count(), 0);
  });
});
