// Learning from history in the real program: a run-to-failure CSV is uploaded, its report read, a model trained with
// progress, its card shown, a training cancelled; lives are cut out of the store by events.
//   MILLWRIGHT_PROGRAM=build/release/apps/millwright/millwright node tests/browser/real_learn.mjs
// Exit status 77: there is no program, or no Chromium.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { open_browser, open_page, serious_findings } from "./harness.mjs";
import { start_program } from "./real_server.mjs";

const program = process.env.MILLWRIGHT_PROGRAM;
const browser = program && existsSync(program) && (await open_browser().catch((problem) => console.error(problem.message)));
if (!browser) {
  console.error("skipped: set MILLWRIGHT_PROGRAM, and install chromium");
  process.exit(77);
}
const server = await start_program(program);
after(async () => {
  await browser.close();
  await server.close();
});

/** `machines` pumps that wear until they fail, under two loads; with `answer`, a column that is the remaining life itself. */
function runs(machines, answer) {
  let state = 1;
  const chance = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5;
  const lines = [`pump,hours,load [kW],wear [mm],heat [K]${answer ? ",to_go" : ""}`];
  for (let pump = 0; pump < machines; pump += 1) {
    const life = 60 + 7 * pump;
    for (let hour = 1; hour <= life; hour += 1) {
      const used = hour / life;
      const load = chance() > 0 ? 100 : 20;
      const cells = [`pump-${pump}`, hour, load, (4 * used * used + 0.3 * chance()).toFixed(4), (3 * load + 8 * used + 0.8 * chance()).toFixed(3)];
      lines.push([...cells, ...(answer ? [life - hour] : [])].join(","));
    }
  }
  return { name: "pumps.csv", mimeType: "text/csv", buffer: Buffer.from(`${lines.join("\n")}\n`) };
}

async function add(page, file) {
  await page.goto(`${server.url}/maintenance?view=learn`);
  const form = page.locator("[data-table-form]");
  await form.getByLabel("File").setInputFiles(file);
  await form.getByLabel("line-1").check();
  await form.getByRole("button", { name: "Add it" }).click();
  await page.locator("[data-report]").waitFor({ timeout: 60_000 });
}

async function train(page, name) {
  const form = page.locator("[data-train-form]");
  await form.getByLabel("Name of the model").fill(name);
  await form.getByRole("button", { name: "Train the model" }).click();
}

const shot = async (page, name) => process.env.SHOTS && page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true });

describe("learning from history in the real program", () => {
  it("leads from a file over its report to a model, its card and the machine", async () => {
    const opened = await open_page(browser, server.url);
    const { page, problems } = opened;
    opened.expect_problem(/404/); // nobody follows that machine yet
    await add(page, runs(12, true));
    assert.equal(await page.locator("[data-report]").getAttribute("data-report"), "refused");
    const leak = page.locator('[data-column="to_go"]');
    await leak.getByText("is the remaining life itself").waitFor();
    await leak.locator("select").selectOption("ignored");
    await page.getByRole("button", { name: "Check the data again" }).click();
    await page.locator("[data-report='trainable']").waitFor({ timeout: 60_000 });
    await page.getByText("12 machines that ran until they failed").waitFor();
    await train(page, "pumps");
    await page.locator('[data-training] [data-card="pumps"]').waitFor({ timeout: 400_000 });
    const card = await page.locator('[data-card="pumps"]').textContent();
    assert.ok(card.includes("pumps.csv"), card);
    const folder = join(server.data, "demo", "maintenance", "models", "pumps");
    assert.deepEqual(JSON.parse(readFileSync(join(folder, "card.json"))).lines, ["line-1"]);
    await page.evaluate(() => scrollTo(0, 0)); // what lies under the bar at the top is no target
    assert.deepEqual(await serious_findings(page), []);
    await shot(page, "learn-real-card");
    await page.getByRole("button", { name: "Follow…" }).click();
    await page.locator("[data-life-page]").waitFor();
    await page.getByText("12 machines until they failed, from pumps.csv").waitFor({ timeout: 60_000 });
    assert.deepEqual(problems, []);
  });

  it("cancels a training with nothing kept, in Chinese, too", async () => {
    const { page, problems } = await open_page(browser, server.url, { lang: "zh" });
    await page.goto(`${server.url}/maintenance?view=learn`);
    const form = page.locator("[data-table-form]");
    await form.getByLabel("文件").setInputFiles(runs(150, false)); // long enough to be cancelled on any machine
    await form.getByLabel("line-1").check();
    await form.getByRole("button", { name: "添加" }).click();
    await page.locator("[data-report='trainable']").waitFor({ timeout: 120_000 });
    await page.getByLabel("模型名称").fill("second");
    await page.getByRole("button", { name: "训练模型" }).click();
    await page.getByRole("button", { name: "取消训练" }).click();
    await page.getByText("未保留任何结果").waitFor();
    assert.deepEqual(readdirSync(join(server.data, "demo", "maintenance", "models")), ["pumps"]);
    await shot(page, "learn-real-cancelled-zh");
    assert.deepEqual(problems, []);
  });

  it("cuts lives out of the store by the kinds of events that were noted", async () => {
    const opened = await open_page(browser, server.url);
    const { page, problems } = opened;
    opened.expect_problem(/400/);
    const note = (kind, ago_min) => {
      const at = new Date(Date.now() - ago_min * 60_000).toISOString();
      return fetch(`${server.url}/api/plant/events`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ asset: "cnc-2", kind, text: kind, start: at, end: at }) });
    };
    for (const [kind, ago] of [["bearing replaced", 9], ["bearing failed", 4], ["bearing failed", 2]]) assert.equal((await note(kind, ago)).status, 200);
    await page.goto(`${server.url}/maintenance?view=learn`);
    await page.getByText("Cut lives from the store").click();
    const form = page.locator("[data-cut-form]");
    await form.getByLabel(/^CNC-2 \(/).check();
    await form.getByLabel("A life ends with events of this kind").fill("pump failed");
    await form.getByRole("button", { name: "Cut the table" }).click();
    await form.getByText("no whole life in that time").waitFor({ timeout: 60_000 });
    await form.getByLabel("A life ends with events of this kind").fill("bearing failed");
    await form.getByLabel("A life begins with events of this kind").fill("bearing replaced");
    await form.getByLabel("Hours of running a row").fill("0.01");
    await form.getByRole("button", { name: "Cut the table" }).click();
    await page.getByText("One whole life").waitFor({ timeout: 60_000 });
    await page.getByText("One failure was left out").waitFor();
    await page.getByText("at least 8 assets").waitFor({ timeout: 60_000 });
    await shot(page, "learn-real-cut");
    assert.deepEqual(problems, []);
  });
});
