// Asking: streamed sentences, sources, trend; choices, refusals, stop, retry, copy, keyboard.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { drawn_share, open_bench, serious_findings, until } from "./harness.mjs";

let bench;
before(async () => {
  bench = await open_bench();
});
afterEach(() => bench.reset());
after(() => bench.close());

const questions = {
  en: "What is the spindle temperature of CNC-2 and how has it changed in the last ten minutes?",
  zh: "2号数控机床的主轴温度是多少？最近十分钟怎么变化？",
};

async function ask(page, question) {
  await page.fill("#ask-box", question);
  await page.keyboard.press("Enter");
}

describe("an answer", () => {
  for (const lang of ["en", "zh"]) {
    it(`comes sentence by sentence with sources and a trend (${lang})`, async () => {
      bench.mock.set({ delay_ms: 700 }); // so that a busy machine still looks between two sentences
      const { page, problems } = await bench.page("/ask", { lang });
      await ask(page, questions[lang]);
      await page.waitForSelector(".sentence");
      assert.equal(await page.getAttribute(".turn", "data-phase"), "streaming");
      const early = await page.locator(".sentence").count();
      await page.waitForSelector("[data-phase=done]");
      assert.ok((await page.locator(".sentence").count()) > early, "all sentences came at once");
      const first = await page.textContent(".sentence >> nth=0");
      const value = first.match(/(\d+\.\d) °C/)[1];
      assert.ok((await page.textContent(".source >> nth=0")).includes(value), "the first source carries the number that is said");
      assert.ok((await drawn_share(page.locator(".answer-trend canvas"))) > 0.01, "the trend is empty");
      await page.waitForTimeout(300);
      assert.deepEqual(await serious_findings(page), []);
      assert.deepEqual(problems, []);
    });
  }

  it("marks what the model wrote", async () => {
    const { page } = await bench.page("/ask");
    await ask(page, questions.en);
    const model = page.locator(".sentence-model");
    await model.getByText("Explanation by the model").waitFor();
    assert.equal(await page.locator(".sentence-model").count(), 1);
  });

  it("announces sentences, not letters", async () => {
    const { page } = await bench.page("/ask");
    await ask(page, questions.en);
    await page.waitForSelector("[data-phase=done]");
    const list = page.locator("ol.sentences");
    assert.equal(await list.getAttribute("aria-live"), "polite");
    assert.equal(await list.getAttribute("aria-relevant"), "additions");
  });

  it("opens its evidence with value, window, quality, source, age and the simulated mark", async () => {
    const { page, problems } = await bench.page("/ask");
    await ask(page, questions.en);
    await page.waitForSelector("[data-phase=done]");
    await page.click(".sentence >> nth=1 >> .source-mark >> nth=0");
    const panel = page.locator("[data-evidence=e2]");
    await panel.waitFor();
    const text = await panel.innerText();
    for (const part of ["Change", "°C", "Window", "10 min", "Quality", "good", "plant samples cnc-2/spindle_temperature", "simulated", "ago", "It rose by|It fell by"]) {
      assert.match(text, new RegExp(part), part);
    }
    assert.ok((await drawn_share(panel.locator("canvas"))) > 0.01);
    assert.deepEqual(await serious_findings(page), []);
    await panel.getByRole("button", { name: "Source 3" }).click();
    await page.locator("[data-evidence=e3]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".evidence").waitFor({ state: "detached" });
    assert.deepEqual(problems, []);
  });

  it("leads from its evidence to the same stretch of time in Plant, and back", async () => {
    const { page } = await bench.page("/ask");
    await ask(page, questions.en);
    await page.waitForSelector("[data-phase=done]");
    const asked_at = page.url();
    await page.click(".source >> nth=1");
    await page.getByRole("link", { name: "Open in Plant" }).click();
    await page.waitForSelector(".tag-trend-large[data-tag='cnc-2/spindle_temperature'] canvas");
    const query = new URL(page.url()).searchParams;
    assert.equal(Date.parse(query.get("to")) - Date.parse(query.get("from")), 600_000);
    await page.goBack();
    await page.waitForSelector("[data-phase=done]");
    assert.equal(page.url(), asked_at);
  });

  it("is still there after a reload, at the address of its conversation", async () => {
    const { page } = await bench.page("/ask");
    await ask(page, questions.en);
    await page.waitForSelector("[data-phase=done]");
    assert.match(page.url(), /\/ask\?c=/);
    const said = await page.locator(".sentence").allInnerTexts();
    await page.waitForTimeout(600);
    await page.reload();
    await page.waitForSelector("[data-phase=done]");
    assert.deepEqual(await page.locator(".sentence").allInnerTexts(), said);
  });

  it("can be copied with its sources, and linked", async () => {
    const { page } = await bench.page("/ask");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await ask(page, questions.en);
    await page.waitForSelector("[data-phase=done]");
    await page.getByRole("button", { name: "Copy answer" }).click();
    await page.getByText("Copied").waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /is \d+\.\d °C now\. \[1\]/);
    assert.match(copied, /\[1\] Latest value · CNC-2 · spindle temperature · \d+\.\d °C · plant samples/);
    await page.getByRole("button", { name: "Copy link" }).click();
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
    const link = await until("the link on the clipboard", async () => ((await clipboard()).startsWith("http") ? clipboard() : null), 10);
    bench.mock.scenario.requests.length = 0;
    await page.goto(link);
    await page.waitForSelector("[data-phase=done]");
    assert.equal(JSON.parse(bench.mock.scenario.requests[0].replace("POST /api/ask ", "")).question, questions.en);
  });

  it("says how it came about", async () => {
    const { page } = await bench.page("/ask");
    await ask(page, questions.en);
    await page.waitForSelector("[data-phase=done]");
    await page.getByText("How this was answered").click();
    await page.getByText("window_statistics").waitFor();
    await page.getByText("r-7f3a91").waitFor();
  });
});

describe("a question with two readings", () => {
  it("is shown as a choice, and the choice is sent", async () => {
    const { page } = await bench.page("/ask");
    await ask(page, "What is the temperature?");
    await page.getByText("Which one is meant?").waitFor();
    await page.getByRole("button", { name: /oil temperature of Press-1/ }).click();
    await page.getByText("Taken as: oil temperature of Press-1").waitFor();
    await page.locator(".turn").nth(1).locator(".sentence").first().waitFor();
    const sent = JSON.parse(bench.mock.scenario.requests.at(-1).replace("POST /api/ask ", ""));
    assert.deepEqual(sent, { question: "What is the temperature?", lang: null, reading_id: "press-1/oil_temperature" });
  });
});

describe("a question that does not fit", () => {
  it("is refused with what can be asked, made of real machines", async () => {
    const { page } = await bench.page("/ask", { lang: "zh" });
    await ask(page, "今天天气怎么样？");
    await page.getByText("工厂数据无法回答这个问题").waitFor();
    await page.waitForSelector("[data-phase=done]");
    await page.getByRole("button", { name: /2号数控机床的主轴温度是多少/ }).click();
    await page.locator(".turn").nth(1).locator(".answer-trend canvas").waitFor();
  });
});

describe("an answer in progress", () => {
  it("can be stopped, which the server notices, and asked again", async () => {
    bench.mock.set({ delay_ms: 400 });
    const { page, problems } = await bench.page("/ask");
    await ask(page, questions.en);
    await page.waitForSelector(".sentence");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped. What was already said stands.").waitFor();
    const said = await page.locator(".sentence").count();
    await page.waitForTimeout(900);
    assert.equal(await page.locator(".sentence").count(), said);
    await until("a server that works no more", async () => bench.mock.scenario.busy === 0, 10);
    bench.mock.set({ delay_ms: 15 });
    await page.getByRole("button", { name: "Ask again" }).click();
    await page.waitForSelector("[data-phase=done]");
    assert.equal(await page.locator(".turn").count(), 1);
    assert.deepEqual(problems, []);
  });

  it("that fails says why, in the reader's language", async () => {
    bench.mock.set({ ask: "fail_midway" });
    const { page } = await bench.page("/ask", { lang: "zh" });
    await ask(page, questions.zh);
    await page.getByText("无法读取采样存储：磁盘读写错误。").waitFor();
  });

  it("that finds the server busy says when to come back", async () => {
    bench.mock.set({ ask: "busy" });
    const opened = await bench.page("/ask");
    opened.expect_problem(/429/);
    await ask(opened.page, questions.en);
    await opened.page.getByText(/64 answers are in progress.*Try again in 3 s/).waitFor();
  });
});

describe("by keyboard alone", () => {
  it("one asks, walks to a source, opens and closes it, and comes back to where one was", async () => {
    const { page, problems } = await bench.page("/ask");
    await page.waitForSelector(".example");
    assert.equal(await page.evaluate(() => document.activeElement.id), "ask-box", "the box has the cursor");
    await page.keyboard.type(questions.en);
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-phase=done]");
    let walked = 0;
    for (; walked < 40; walked += 1) {
      await page.keyboard.press("Shift+Tab");
      if (await page.evaluate(() => document.activeElement.classList.contains("source-mark"))) break;
    }
    assert.ok(walked < 40, "no source can be reached");
    const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(ring, "solid", "the focus cannot be seen");
    const label = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
    await page.keyboard.press("Enter");
    await page.waitForSelector(".evidence");
    assert.equal(await page.evaluate(() => document.activeElement.closest(".evidence") !== null), true, "the focus is in the evidence");
    await page.keyboard.press("Escape");
    await page.waitForSelector(".evidence", { state: "detached" });
    await page.waitForFunction((was) => document.activeElement.getAttribute("aria-label") === was, label, { timeout: 2000 }); // the focus is back
    assert.deepEqual(problems, []);
  });

  it("an Enter that takes a Chinese candidate sends nothing", async () => {
    const { page } = await bench.page("/ask", { lang: "zh" });
    await page.fill("#ask-box", "2号");
    await page.evaluate(() => {
      const box = document.querySelector("#ask-box");
      box.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
      box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true }));
      box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true }));
    });
    await page.waitForTimeout(150);
    assert.equal(await page.locator(".turn").count(), 0);
    await page.keyboard.press("Shift+Enter");
    assert.equal(await page.inputValue("#ask-box"), "2号\n");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".turn");
  });

  it("Ctrl-K asks from any page, about what it shows", async () => {
    const { page, problems } = await bench.page("/plant/cnc-2?tag=cnc-2/spindle_vibration");
    await page.waitForSelector(".tag-trend-large");
    await page.keyboard.press("Control+k");
    await page.waitForSelector(".ask-panel");
    await page.locator(".context-mark", { hasText: "CNC-2 · spindle vibration" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), "ask-panel-box");
    await page.keyboard.type("how has it changed?");
    await page.keyboard.press("Enter");
    await page.locator(".ask-panel [data-phase=done]").waitFor();
    const sent = JSON.parse(bench.mock.scenario.requests.at(-1).replace("POST /api/ask ", ""));
    assert.equal(sent.question, "spindle vibration of CNC-2: how has it changed?");
    assert.ok((await drawn_share(page.locator(".ask-panel canvas"))) > 0.01);
    await page.locator(".ask-panel .source").first().click();
    await page.locator(".evidence").waitFor();
    await page.getByRole("button", { name: "Back to the answer" }).click();
    await page.locator(".ask-panel [data-phase=done]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".ask-panel").waitFor({ state: "detached" });
    assert.deepEqual(problems, []);
  });

  it("the box lies over the page on a phone and keeps the focus inside", async () => {
    const { page, problems } = await bench.page("/plant/cnc-2", { width: 390, height: 844 });
    await page.getByRole("button", { name: "Ask about this", exact: true }).click();
    await page.waitForSelector("dialog[open] .ask-panel");
    for (let i = 0; i < 12; i += 1) {
      await page.keyboard.press("Tab");
      const inside = await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest("dialog") !== null);
      assert.ok(inside, "the focus left the dialog");
    }
    assert.deepEqual(await serious_findings(page), []);
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    assert.deepEqual(problems, []);
  });
});
