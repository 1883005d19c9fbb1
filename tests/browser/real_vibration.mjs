// Vibration of a machine in the real program: a file is uploaded in the browser, the damaged part is named, charts are
// drawn from what the server says, and the recording is removed.
//   MILLWRIGHT_PROGRAM=build/release/apps/millwright/millwright node tests/browser/real_vibration.mjs
// Exit status 77: there is no program, or no Chromium.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
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

/** An outer race that is struck 3.585 times a turn of 29.95 Hz, never quite evenly, in two seconds at 12 kHz. */
function struck(strength) {
  let state = 1;
  const chance = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  let since = 0;
  let next = 0.01;
  const lines = ["time,de [g]"];
  for (let i = 0; i < 24_000; i += 1) {
    since += 1 / 12_000;
    if (since >= next) {
      since -= next;
      next = (1 + 0.008 * (2 * chance() - 1)) / (3.5848 * 29.95);
    }
    lines.push(`${i},${(strength * Math.exp(-900 * since) * Math.sin(2 * Math.PI * 3400 * since) + chance() - 0.5).toFixed(5)}`);
  }
  return { name: `de_${strength}.csv`, mimeType: "text/csv", buffer: Buffer.from(`${lines.join("\n")}\n`) };
}

async function add(page, file, fill) {
  const form = page.locator("[data-vibration-form]");
  await form.waitFor();
  await form.getByLabel("File").setInputFiles(file);
  for (const [label, value] of Object.entries(fill)) await form.getByLabel(label, { exact: true }).fill(value);
  await form.getByRole("button", { name: "Keep the recording" }).click();
}

describe("vibration in the real program", () => {
  it("keeps what is uploaded, names the damage, and draws it", async () => {
    const opened = await open_page(browser, server.url);
    const { page, problems } = opened;
    opened.expect_problem(/400/);
    await page.goto(`${server.url}/maintenance?vibration=cnc-1`);
    await page.getByText("No recording yet").waitFor();
    const known = { "Measuring point": "drive end", "Samples a second": "12000", "Shaft's speed, turns a minute": "1797", Bearing: "9,0.3126,1.537" };
    await add(page, struck(0.2), { ...known, Bearing: "9,2,1.537" });
    await page.getByText("do not fit on this pitch diameter").waitFor();
    await add(page, struck(0.2), { ...known, "Recorded at": "2026-01-05T08:00" });
    await page.locator("[data-waterfall='1'] canvas").waitFor({ timeout: 120_000 });
    await add(page, struck(3), {});
    await page.locator("[data-waterfall='2'] canvas").waitFor({ timeout: 120_000 });
    await page.locator("[data-vibration-report]").getByText("Damage of the outer race").waitFor({ timeout: 120_000 });
    assert.equal(await page.locator(".vibration-figure svg").count(), 3);
    assert.deepEqual(await serious_findings(page), []);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/vibration-real.png`, fullPage: true });
    await page.getByRole("button", { name: "Remove it" }).click();
    await page.getByRole("button", { name: "Remove for good" }).click();
    await page.locator("[data-waterfall='1']").waitFor({ timeout: 120_000 });
    assert.deepEqual(problems, []);
  });
});
