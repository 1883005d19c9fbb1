// The real program in a real browser: both questions of the first promise are asked at its console,
// their streamed answers checked against their sources, their trends looked at; then every page.
//   MILLWRIGHT_URL=http://127.0.0.1:8080 node tests/browser/real_ask.mjs
//   MILLWRIGHT_PROGRAM=build/release/apps/millwright/millwright node tests/browser/real_ask.mjs
// Exit status 77: there is no program, or no Chromium.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { drawn_share, open_browser, open_page, pages, serious_findings, sideways } from "./harness.mjs";
import { model_ready, real_server } from "./real_server.mjs";

const questions = {
  en: "What is the spindle temperature of CNC-2 and how has it changed in the last ten minutes?",
  zh: "2号数控机床的主轴温度是多少？最近十分钟怎么变化？",
};

const server = await real_server();
const browser = server && (await open_browser().catch((problem) => console.error(problem.message)));
if (!server || !browser) {
  console.error("skipped: set MILLWRIGHT_URL or MILLWRIGHT_PROGRAM, and install chromium");
  process.exit(77);
}
after(async () => {
  await browser.close();
  await server.close();
});

/** The numbers of a text, thousands separators and true minus signs undone. */
function numbers_of(text) {
  return [...text.replaceAll("−", "-").replace(/(\d),(?=\d{3})/g, "$1").matchAll(/-?\d+(?:\.\d+)?/g)].map(([number]) => number);
}

/** Whether a number as written is one of these values, rounded as it was written. */
function is_rounding_of(number, values) {
  const decimals = number.split(".")[1]?.length ?? 0;
  return values.some((value) => Math.abs(Math.abs(value) - Math.abs(Number(number))) <= 0.5 * 10 ** -decimals + 1e-9);
}

describe("the console of the real program", () => {
  for (const lang of ["en", "zh"]) {
    it(`answers in a stream, with sources and a trend (${lang})`, async () => {
      const { page, problems, close } = await open_page(browser, server.url, { lang });
      await page.goto(`${server.url}/ask`);
      await page.waitForSelector(".example");
      await page.fill("#ask-box", questions[lang]);
      await page.keyboard.press("Enter");
      await page.waitForSelector(".sentence", { timeout: 60_000 });
      await page.waitForSelector("[data-phase=done]", { timeout: 120_000 });
      assert.equal(await page.locator(".notice").count(), 0, "refused or failed");
      await page.waitForTimeout(700);
      const turn = await page.evaluate(() => JSON.parse(localStorage.getItem("millwright.conversations"))[0].turns[0]);

      // What is shown is what was said, and every fact of it names its sources.
      const facts = turn.sentences.filter((sentence) => !sentence.from_model);
      assert.ok(facts.length >= 1, "no sentence");
      assert.match(turn.sentences[0].text, lang === "zh" ? /主轴温度/ : /spindle temperature/i);
      const shown = await page.locator(".sentence").allInnerTexts();
      turn.sentences.forEach((sentence, index) => assert.ok(shown[index].includes(sentence.text), sentence.text));
      for (const sentence of facts) assert.ok(sentence.evidence.length > 0, `no source: ${sentence.text}`);
      assert.equal(await page.locator(".source").count(), turn.evidence.length);
      assert.ok(turn.evidence.every((item) => item.simulated && item.source !== ""));
      await page.locator(".sources").getByText(lang === "zh" ? "模拟" : "simulated", { exact: true }).first().waitFor();

      // The value in the first sentence is the latest one of the evidence.
      const latest = turn.evidence.find((item) => item.fact === "latest" && item.tag === "cnc-2/spindle_temperature");
      assert.ok(latest, "no latest value among the sources");
      assert.ok(numbers_of(facts.map((sentence) => sentence.text).join(" ")).some((number) => is_rounding_of(number, [latest.value])), "the latest value is not said");

      // The trend is drawn, of the asked signal.
      const trend = page.locator(".answer-trend canvas").first();
      await trend.waitFor();
      assert.ok((await drawn_share(trend)) > 0.01, "the trend is empty");
      const label = await page.locator(".answer-trend .trend").first().getAttribute("aria-label");
      assert.match(label, lang === "zh" ? /主轴温度/ : /spindle temperature/);

      // A sentence opens its evidence.
      await page.locator(".source-mark").first().click();
      const evidence = page.locator(".evidence");
      await evidence.getByText("cnc-2/spindle_temperature", { exact: false }).first().waitFor();
      // To the end first: what lies half under the question box counts as covered, wherever an answer's length puts it.
      await page.locator(".why").last().scrollIntoViewIfNeeded();
      await page.mouse.move(500, 500);
      await page.mouse.wheel(0, 100_000);
      await page.waitForTimeout(200);
      assert.deepEqual(await serious_findings(page), []);
      assert.deepEqual(problems, []);
      await close();
    });
  }

  it("shows each page without an error, on a monitor and on a phone", async () => {
    for (const width of [1440, 390]) {
      const { page, problems, close } = await open_page(browser, server.url, { width, height: 844 });
      for (const { name, path } of pages) {
        await page.goto(server.url + path);
        await page.waitForSelector("h1");
        if (name === "plant") assert.ok((await page.locator(".tile").first().waitFor(), await page.locator(".tile").count()) >= 6);
        if (name === "asset") assert.ok((await drawn_share(page.locator(".tag-trend canvas").first())) > 0.01);
        await page.waitForTimeout(1200);
        assert.equal(await page.locator("[role=alert]").count(), 0, `${path}: ${await page.locator("[role=alert]").allInnerTexts()}`);
        assert.equal(await sideways(page), 0, path);
      }
      assert.deepEqual(problems, []);
      await close();
    }
  });

  it("chats with the model, if there is one", async (context) => {
    if (!(await model_ready(server.url))) return context.skip("no model on this machine");
    const { page, problems, close } = await open_page(browser, server.url);
    await page.goto(`${server.url}/ask?mode=chat`);
    await page.fill("#chat-box", "Name three parts of a milling machine.");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-phase=done]", { timeout: 120_000 });
    assert.match(await page.textContent(".markdown"), /\w{3,}/);
    assert.deepEqual(problems, []);
    await close();
    return undefined;
  });
});
