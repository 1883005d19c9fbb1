// Learn from history: a table is chosen or cut, its columns corrected, its report read, a model trained, its card shown.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { open_bench, serious_findings, sideways } from "./harness.mjs";

let bench;
before(async () => {
  bench = await open_bench();
});
afterEach(() => bench.reset());
after(() => bench.close());

const page_of = (table) => `/maintenance?view=learn${table ? `&table=${table}` : ""}`;
async function learn_page(table, options = {}) {
  const opened = await bench.page(page_of(table), options);
  await opened.page.locator(table ? "[data-report]" : "[data-table-form]").waitFor();
  return opened;
}

describe("learning from history", () => {
  for (const [lang, words] of [
    ["en", ["Learn from history: pumps.csv", "12 machines that ran until they failed, 1,170 rows", "They lived 60 to 137, half of them up to 102 (hours)", "note: column 'heat' has no value in 14 rows", "handled: column 'still' never changes", "Nothing forbids training", "Interrupted by a stop of the server"]],
    ["zh", ["从历史中学习: pumps.csv", "12 台设备运行至失效，1,170 行", "寿命为 60 至 137，中位数 102（hours）", "提示: 列“heat”有 14 行没有值", "没有妨碍训练的问题", "因服务器停止而中断"]],
  ]) {
    it(`guesses what columns are and reports on the data (${lang})`, async () => {
      const { page, problems } = await learn_page(1000, { lang });
      const text = await page.textContent("[data-learn-page]");
      for (const word of words) assert.ok(text.includes(word), word);
      assert.equal(await page.locator('[data-column="pump"] select').inputValue(), "asset");
      assert.equal(await page.locator('[data-column="load"] select').inputValue(), "setting");
      assert.deepEqual(problems, []);
    });
  }

  it("is reached from Health, and trains with progress up to the card and the machine", async () => {
    const { page, problems } = await bench.page("/maintenance");
    await page.getByRole("link", { name: "Learn from history" }).click();
    await page.getByRole("link", { name: "pumps.csv" }).click();
    await page.getByLabel("Name of the model").fill("fd001");
    await page.getByLabel("Replace the model of that name").check();
    await page.getByRole("button", { name: "Train the model" }).click();
    const job = page.locator('[data-training][data-state="running"]');
    await job.getByText("Growing trees: 400 of 1,200").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Trainings");
    assert.equal(await job.getByRole("progressbar").getAttribute("aria-valuenow"), "33");
    await job.getByText("41 a second").waitFor();
    await page.locator('[data-training][data-state="done"] [data-card="fd001"]').waitFor();
    await page.locator("[data-follow] select").selectOption("cnc-2");
    await page.getByRole("button", { name: "Follow…" }).click();
    await page.locator('[data-life-page="cnc-2"]').waitFor();
    assert.match(page.url(), /by=fd001/);
    assert.deepEqual(problems, []);
  });

  it("says at the column what forbids training, and lets a person decide", async () => {
    const { page, problems } = await learn_page(2000);
    assert.equal(await page.locator("[data-report]").getAttribute("data-report"), "refused");
    assert.equal(await page.locator("[data-train-form]").count(), 0);
    const column = page.locator('[data-column="repair_h"]');
    await column.getByText("forbids training").waitFor();
    await page.getByRole("button", { name: "Go to column repair_h" }).press("Enter");
    assert.equal(await column.locator("select").evaluate((box) => box === document.activeElement), true);
    assert.equal(await column.locator("select").getAttribute("aria-invalid"), "true");
    await column.locator("select").selectOption("ignored");
    await page.getByText("Columns changed").waitFor();
    await page.getByRole("button", { name: "Check the data again" }).click();
    await page.locator("[data-report='trainable']").waitFor();
    await page.locator("[data-train-form]").waitFor();
    assert.deepEqual(problems, []);
  });

  it("names a wrong column where it stands", async () => {
    const opened = await learn_page(2000);
    const { page, problems } = opened;
    opened.expect_problem(/400/);
    await page.locator('[data-column="torque"] select').selectOption("label");
    assert.equal(await page.locator('[data-column="failed"] select').inputValue(), "input"); // one label at most
    await page.getByRole("button", { name: "Check the data again" }).click();
    await page.getByText("expected 0 or 1 in every row").waitFor();
    assert.equal(await page.locator('[data-column="torque"] select').getAttribute("aria-invalid"), "true");
    assert.deepEqual(problems, []);
  });

  it("asks before it replaces a model, and cancels with nothing kept", async () => {
    const opened = await learn_page(1000);
    const { page, problems } = opened;
    opened.expect_problem(/409/);
    const form = page.locator("[data-train-form]");
    await form.getByLabel("Name of the model").fill("fd001");
    await form.getByRole("button", { name: "Train the model" }).click();
    await form.getByText("there is a model").waitFor();
    await form.getByLabel("Replace the model of that name").check();
    await form.getByRole("button", { name: "Train the model" }).click();
    await page.getByRole("button", { name: "Cancel the training" }).click();
    await page.getByText("nothing is kept").waitFor();
    assert.deepEqual(problems, []);
  });

  it("takes a file of a line, and removes a table for good", async () => {
    const { page, problems } = await learn_page();
    const form = page.locator("[data-table-form]");
    await form.getByRole("button", { name: "Add it" }).click();
    await form.getByText("Choose a file first.").waitFor();
    await form.getByLabel("File").setInputFiles({ name: "presses.csv", mimeType: "text/csv", buffer: Buffer.from("press,hour,heat\n1,1,2\n") });
    await form.getByLabel("line-1").check();
    await form.getByRole("button", { name: "Add it" }).click();
    await page.getByRole("heading", { name: "Learn from history: presses.csv" }).waitFor();
    await page.getByRole("link", { name: "All tables" }).click();
    const row = page.locator("[data-table]", { hasText: "mill.csv" });
    await row.getByRole("button", { name: "Remove" }).click();
    await row.getByRole("button", { name: "Remove for good" }).click();
    await row.waitFor({ state: "detached" });
    assert.deepEqual(problems, []);
  });

  it("cuts lives out of the store and says what was left out", async () => {
    const opened = await learn_page();
    const { page, problems } = opened;
    opened.expect_problem(/400/);
    await page.getByText("Cut lives from the store").click();
    const form = page.locator("[data-cut-form]");
    await form.getByRole("button", { name: "Cut the table" }).click();
    await form.getByText("Choose one machine at least.").waitFor();
    await form.getByRole("checkbox", { name: "press" }).first().check();
    await form.getByText("Kinds of events of these machines: 轴承失效").waitFor();
    assert.deepEqual(await form.locator("datalist option").evaluateAll((all) => all.map((each) => each.value)), ["轴承失效", "轴承已更换"]);
    await form.getByRole("button", { name: "Cut the table" }).click();
    await form.getByText("name the kind of events that a life ends with").waitFor();
    await form.getByLabel("A life ends with events of this kind").fill("bearing failed");
    await form.getByRole("button", { name: "Cut the table" }).click();
    await page.getByText("11 whole lives, 1170 rows. One failure was left out").waitFor();
    await page.locator("[data-report]").waitFor();
    assert.deepEqual(problems, []);
  });

  for (const options of [{ width: 1280 }, { width: 380 }, { width: 380, lang: "zh" }]) {
    it(`has no serious accessibility finding and does not scroll sideways (${JSON.stringify(options)})`, async () => {
      for (const table of [undefined, 1000, 2000]) {
        const { page } = await learn_page(table, options);
        assert.deepEqual(await serious_findings(page), []);
        assert.equal(await sideways(page), 0);
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/learn-${table ?? "list"}-${options.width}-${options.lang ?? "en"}.png`, fullPage: true });
      }
    });
  }
});
