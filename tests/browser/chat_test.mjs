// Plain chat with the model, through the same address as any OpenAI client.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { open_bench, serious_findings, until } from "./harness.mjs";

let bench;
before(async () => {
  bench = await open_bench();
});
afterEach(() => bench.reset());
after(() => bench.close());

describe("chat with the model", () => {
  it("streams markdown and turns nothing of it into markup of its own", async () => {
    bench.mock.set({ delay_ms: 50 }); // pieces that all come at once have no rate
    const { page, problems } = await bench.page("/ask?mode=chat");
    await page.fill("#chat-box", "Why would a spindle run hot?");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-phase=done]");
    assert.equal(await page.locator(".markdown ol > li").count(), 3);
    assert.equal(await page.locator(".markdown table td").count(), 4);
    assert.equal(await page.locator(".markdown pre code").count(), 1);
    assert.equal(await page.locator(".markdown :is(img, a, script)").count(), 0);
    await page.getByText("<img src=x onerror=alert(1)>").waitFor();
    await page.getByText(/\d+ tokens, [\d,.]+ tokens\/s/).waitFor();
    assert.deepEqual(await serious_findings(page), []);
    assert.deepEqual(problems, []);
  });

  it("shows what a model thinks apart from what it says", async () => {
    bench.mock.set({ thinks: true, delay_ms: 400 });
    const { page, problems } = await bench.page("/ask?mode=chat");
    await page.fill("#chat-box", "Why would a spindle run hot?");
    await page.keyboard.press("Enter");
    await page.getByText("Thinking …").waitFor();
    await page.waitForSelector("[data-phase=done]");
    await page.getByText("What it thought").click();
    await page.getByText("Grease first, <b>then</b> the bearing.").waitFor();
    assert.equal(await page.locator(".markdown", { hasText: "Grease first" }).count(), 0);
    assert.deepEqual(await serious_findings(page), []);
    assert.deepEqual(problems, []);
  });

  it("sends the turns before, and the model that is ready", async () => {
    const { page } = await bench.page("/ask?mode=chat");
    for (const text of ["First?", "Second?"]) {
      await page.fill("#chat-box", text);
      await page.keyboard.press("Enter");
      await page.locator(".turn", { hasText: text }).and(page.locator("[data-phase=done]")).waitFor();
    }
    const sent = JSON.parse(bench.mock.scenario.requests.at(-1).replace("POST /v1/chat/completions ", ""));
    assert.equal(sent.model, "smollm2-135m-instruct");
    assert.equal(sent.stream, true);
    assert.deepEqual(sent.stream_options, { include_usage: true });
    assert.deepEqual(sent.messages.map((message) => message.role), ["user", "assistant", "user"]);
    assert.match(sent.messages[1].content, /spindle bearing/);
  });

  it("stops", async () => {
    bench.mock.set({ delay_ms: 600 });
    const { page } = await bench.page("/ask?mode=chat");
    await page.fill("#chat-box", "Tell me everything");
    await page.keyboard.press("Enter");
    await page.getByText("A spindle").waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.waitForSelector("[data-phase=stopped]");
    await until("a server that works no more", async () => bench.mock.scenario.busy === 0, 10);
  });

  it("says in Chinese that this model writes none", async () => {
    const { page } = await bench.page("/ask?mode=chat", { lang: "zh" });
    await page.getByText("经测试，smollm2-135m-instruct 不会写中文。").waitFor();
  });

  it("waits for a model that is loading, and begins when it is ready", async () => {
    bench.mock.set({ models: "loading" });
    const { page } = await bench.page("/ask?mode=chat");
    await page.getByText("smollm2-135m-instruct is loading").waitFor();
    bench.mock.set({ models: "ready" });
    await page.waitForSelector("#chat-box");
  });
});

describe("models of another server", () => {
  it("can be chosen for a chat, and are marked as that server's", async () => {
    bench.mock.set({ models: "upstream" });
    const { page, problems } = await bench.page("/ask?mode=chat");
    await page.getByLabel("Model that answers").selectOption("cluster/llama-3.1-8b");
    await page.getByText("cluster/llama-3.1-8b (server cluster)").waitFor({ state: "attached" });
    await page.fill("#chat-box", "Why does a bearing get warm?");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-phase=done]");
    const sent = bench.mock.scenario.requests.find((request) => request.startsWith("POST /v1/chat/completions"));
    assert.match(sent, /"model":"cluster\/llama-3.1-8b"/);
    assert.deepEqual(problems, []);
  });

  it("show their servers on the Models page, and nothing to fetch", async () => {
    bench.mock.set({ models: "upstream" });
    const { page, problems } = await bench.page("/models");
    const panel = page.locator('[data-model="cluster/llama-3.1-8b"]');
    await panel.getByText("Servers of cluster").waitFor();
    assert.equal(await panel.locator("[data-health=down]").count(), 1);
    await panel.getByText("Connection refused").waitFor();
    assert.equal(await panel.getByRole("button", { name: "Fetch" }).count(), 0);
    await page.getByText("1 model on this machine").waitFor();
    assert.deepEqual(problems, []);
  });
});

describe("models", () => {
  it("are fetched from the page, with rate and remaining time", async () => {
    bench.mock.set({ models: "none" });
    const { page, problems } = await bench.page("/models");
    await page.getByRole("button", { name: "Fetch the default model" }).click();
    await page.waitForSelector("[data-state=fetching]");
    await page.getByText(/MB of 98\.3 MB · 12\.0 MB\/s · \d+ s left/).waitFor();
    assert.equal(bench.mock.scenario.requests[0], 'POST /api/models {"source":"smollm2-135m-instruct"}');
    await page.waitForSelector("[data-state=ready]", { timeout: 20_000 });
    await page.getByText("8 of 10").waitFor();
    assert.deepEqual(problems, []);
  });

  it("a name that makes no sense is answered in place", async () => {
    const opened = await bench.page("/models", { lang: "zh" });
    opened.expect_problem(/400/);
    await opened.page.fill("#pull-source", "what is this");
    await opened.page.keyboard.press("Enter");
    await opened.page.getByText("“what is this”不是模型").waitFor();
  });
});
