// Every page, in both languages, light and dark, on a phone and on a monitor: complete, without a
// console error, without a request elsewhere, without sideways scrolling, nothing serious for axe.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { admin_pages, open_bench, pages, serious_findings, sideways } from "./harness.mjs";

let bench;
before(async () => {
  bench = await open_bench();
});
afterEach(() => bench.reset());
after(() => bench.close());

/** Something that is only there once the page has its data. */
const complete = {
  ask: ".machine >> nth=5",
  plant: ".tile >> nth=5",
  asset: ".tag-trend canvas >> nth=0",
  alarms: ".alarm >> nth=1",
  rules: "[data-rule] >> nth=2",
  rule: "[data-part] >> nth=2",
  maintenance: "[data-machine] >> nth=3",
  models: ".model[data-state=ready]",
  system: ".system-grid canvas >> nth=1",
  tags: "[data-tag] >> nth=5",
  connections: "[data-connection] >> nth=2",
  people: "[data-person] >> nth=3",
  keys: "[data-key] >> nth=1",
  account: ".people-page form",
  audit: "[data-audit] >> nth=5",
};
const every_page = [...pages, ...admin_pages];
const administers = (name) => admin_pages.some((page) => page.name === name);

for (const lang of ["en", "zh"]) {
  for (const theme of ["light", "dark"]) {
    for (const width of [1440, 390]) {
      describe(`${lang}, ${theme}, ${width} px`, () => {
        for (const { name, path } of every_page) {
          it(name, async () => {
            if (administers(name)) bench.mock.set({ session: "admin", people: "data" });
            const { page, problems } = await bench.page(path, { lang, theme, width, height: width === 390 ? 844 : 900, touch: width === 390 });
            await page.waitForSelector(complete[name]);
            await page.waitForTimeout(400);
            assert.equal(await page.getAttribute("html", "lang"), lang === "zh" ? "zh-CN" : "en");
            assert.equal(await sideways(page), 0, "the page scrolls sideways");
            const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
            const dark = background.match(/\d+/g).every((part) => Number(part) < 60);
            assert.equal(dark, theme === "dark", `background ${background}`);
            const title = await page.textContent("h1");
            assert.equal(/[\u4e00-\u9fff]/.test(title), lang === "zh", `title "${title}"`);
            assert.deepEqual(await serious_findings(page), []);
            assert.deepEqual(problems, []);
          });
        }
      });
    }
  }
}

describe("on a touch screen", () => {
  it("gives a finger 44 px", async () => {
    for (const { name, path } of every_page) {
      bench.mock.set({ session: administers(name) ? "admin" : "open" });
      const { page } = await bench.page(path, { width: 390, height: 844, touch: true });
      await page.waitForSelector(complete[name]);
      const small = await page.evaluate(() =>
        [...document.querySelectorAll("a[href], button, select, input, textarea, summary")]
          .filter((element) => {
            const box = element.getBoundingClientRect();
            if (box.width === 0 || getComputedStyle(element).visibility === "hidden" || element.closest(".skip")) return false;
            // Larger hit areas come from ::after, and from a row that leads to the same place.
            const after = getComputedStyle(element, "::after");
            const extra = after.content !== "none" && after.position === "absolute" ? -Number.parseFloat(after.top) || 0 : 0;
            return box.height + 2 * extra < 44 - 0.5 && !element.closest("h2");
          })
          .map((element) => `${element.className || element.tagName} ${element.getBoundingClientRect().height}`),
      );
      assert.deepEqual(small, [], name);
    }
  });
});
