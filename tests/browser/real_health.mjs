// The way of docs/guide/failure_live.md in the real program: a pump with a day of history is said to run normally, its bearing
// begins to wear, a case comes, is read in both languages, its work order is accepted and its outcome told; then the pump is
// learned again, replayed over the past in the background, and its versions say what stands in the way of each.
//   MILLWRIGHT_PROGRAM=build/release/apps/millwright/millwright node tests/browser/real_health.mjs
// Exit status 77: there is no program, or no Chromium.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
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

const plant = {
  site: "works",
  lines: [{ id: "line-1" }],
  kinds: [
    {
      id: "pump",
      tags: [
        { id: "vibration", unit: "mm/s", name: { en: "vibration", zh: "振动" } },
        { id: "current", unit: "A", name: { en: "current", zh: "电流" } },
        { id: "heat", unit: "degC", name: { en: "bearing temperature", zh: "轴承温度" } },
      ],
      failure_modes: [
        {
          id: "bearing_wear",
          name: { en: "bearing wear", zh: "轴承磨损" },
          signs: ["vibration", "heat"],
          steps: [{ en: "Lock the pump out and replace the bearing", zh: "上锁挂牌后更换轴承" }],
          parts: [{ number: "6205-2RS", name: { en: "bearing", zh: "轴承" }, quantity: 2, in_stock: 2, price: 18.5 }],
          work: [{ skill: "mechanic", hours: 3 }],
          standstill_h: 2,
        },
      ],
    },
  ],
  upkeep: { currency: "EUR", skills: [{ id: "mechanic", rates: [{ per_hour: 60 }] }], standstill: [{ per_hour: 900 }] },
  assets: [{ id: "pump-1", kind: "pump", line: "line-1", name: { en: "Pump 1", zh: "1号泵" } }],
};

let state = 1;
const chance = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
const noise = () => chance() + chance() + chance() - 1.5;

const history_h = 41;
const end_ms = Math.floor(Date.now() / 10_000) * 10_000;
const begin_ms = end_ms - history_h * 3_600_000;

/** What the pump reads at a load of its own, with `wear` from 0 to 1 on its bearing. The load swings from the beginning of the
    history on, so that the same is learned at any time of day: by the clock's phase 2 of 38 contracts were not kept. */
function readings(at_ms, wear) {
  const load = Math.sin((at_ms - begin_ms) / 900_000) + 0.3 * noise();
  return {
    "pump-1/vibration": 2 + 0.2 * load + 0.1 * noise() + 5 * wear,
    "pump-1/current": 11 + 1.5 * load + 0.1 * noise() + 0.1 * wear,
    "pump-1/heat": 52 + 2 * load + 0.2 * noise() + 14 * wear,
  };
}

const server = await start_program(program, {
  demo: false,
  prepare: (data) => {
    writeFileSync(join(data, "plant.json"), JSON.stringify(plant));
    writeFileSync(join(data, "config.toml"), `[plant]\ncatalogue_file = "${data}/plant.json"\n`);
    const lines = ["time,tag,value"];
    for (let at = begin_ms; at < end_ms; at += 10_000) {
      for (const [tag, value] of Object.entries(readings(at, 0))) lines.push(`${at},${tag},${value.toFixed(4)}`);
    }
    writeFileSync(join(data, "past.csv"), `${lines.join("\n")}\n`);
    const stored = spawnSync(program, ["plant", "import", join(data, "past.csv"), "--data", data], { encoding: "utf8" });
    assert.equal(stored.status, 0, stored.stdout + stored.stderr);
  },
});

let wear = 0; // of the bearing, from now on
const device = setInterval(() => {
  const ts = Date.now();
  const body = JSON.stringify(Object.entries(readings(ts, wear)).map(([tag, value]) => ({ tag, ts, value })));
  fetch(`${server.url}/api/plant/samples`, { method: "POST", headers: { "Content-Type": "application/json" }, body }).catch(() => undefined);
}, 1000);
after(async () => {
  clearInterval(device);
  await browser.close();
  await server.close();
});

const slow = { timeout: 120_000 };
const shot = (page, name) => process.env.SHOTS && page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true });

/** Waits for a version to be learned; where it is refused, the test fails with the page's reason and not by time. */
async function learned(page, version) {
  const done = page.getByText(`Learned: version ${version}`);
  const refused = page.locator('form.health-form ~ [role="alert"]');
  await done.or(refused).first().waitFor(slow);
  assert.equal(await refused.count(), 0, (await refused.allTextContents()).join("\n"));
}

describe("a failure that comes, in the real program", () => {
  it("is seen, read in both languages, worked on and told", async () => {
    const { page, problems } = await open_page(browser, server.url);
    await page.goto(`${server.url}/maintenance`);
    await page.getByText("Nobody said yet what is normal").waitFor(slow);
    await page.getByLabel("It ran normally for so many hours").fill("40");
    await page.getByLabel("At most so many false alarms").fill("4");
    await page.getByLabel("in so many days").fill("1");
    await page.getByRole("button", { name: "Learn" }).click();
    await learned(page, 1);
    await page.getByText("As in normal running").waitFor(slow);
    await page.getByText("0 of 4 agreed false alarms").waitFor(slow);
    await shot(page, "health-normal");

    wear = 1;
    const link = page.locator('[data-machine="pump-1"] a', { hasText: /Case \d+/ });
    await link.waitFor(slow);
    const number = (await link.textContent()).match(/\d+/)[0];
    await link.click();
    await page.locator("[data-case-page]").waitFor(slow);
    const told = await page.textContent("[data-case-page]");
    for (const word of ["vibration", "bearing temperature"]) assert.ok(told.includes(word), word);
    const order = page.locator("[data-work-order]");
    await order.getByText("Lock the pump out and replace the bearing").waitFor(slow);
    const lines = (await order.locator("[data-calculation] tbody tr").allTextContents()).join("\n");
    for (const word of ["180.00 EUR", "37.00 EUR", "1,800.00 EUR"]) assert.ok(lines.includes(word), `${word} in ${lines}`);
    assert.deepEqual(await serious_findings(page), []);
    await shot(page, "health-case-en");

    const chinese = await open_page(browser, server.url, { lang: "zh" });
    await chinese.page.goto(`${server.url}/maintenance?case=${number}`);
    await chinese.page.locator("[data-work-order]").getByText("上锁挂牌后更换轴承").waitFor(slow);
    for (const word of ["振动", "轴承温度", "轴承磨损"]) assert.ok((await chinese.page.textContent("[data-case-page]")).includes(word), word);
    await shot(chinese.page, "health-case-zh");
    assert.deepEqual(chinese.problems, []);
    await chinese.close();

    await order.getByRole("button", { name: "Accept the work order" }).click();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await order.getByText("Accepted by local").waitFor(slow);
    wear = 0;
    await page.getByLabel("Note").fill("inner ring worn, bearing replaced");
    await page.getByRole("button", { name: "Confirmed" }).click();
    await page.getByText("inner ring worn, bearing replaced").waitFor(slow);
    assert.deepEqual(problems, []);
  });

  it("is replayed by what is learned again, with its progress", async () => {
    const { page, problems } = await open_page(browser, server.url);
    await page.goto(`${server.url}/maintenance`);
    await page.getByLabel("It ran normally for so many hours").fill("40");
    await page.getByLabel("until so many hours ago").fill("0.5");
    await page.getByLabel("At most so many false alarms").fill("4");
    await page.getByLabel("in so many days").fill("1");
    await page.getByRole("button", { name: "Learn" }).click();
    await learned(page, 2);
    await page.goto(`${server.url}/maintenance?model=pump-1`);
    await page.getByRole("button", { name: "Replay over the past" }).first().click(slow);
    await page.getByText("Version 2 was replayed.").waitFor(slow);
    await shot(page, "health-versions");
    assert.deepEqual(await serious_findings(page), []);
    assert.deepEqual(problems, []);
  });
});
