// The Models page with the real program in a real browser: a folder as Hugging Face lays it out is imported, its card is
// shown, it chats; a folder that cannot be served is refused by name where it was asked for.
//   MILLWRIGHT_PROGRAM=build/release/apps/millwright/millwright node tests/browser/real_models.mjs
// Exit status 77: there is no program, or no Chromium.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { open_browser, open_page } from "./harness.mjs";
import { start_program } from "./real_server.mjs";
import { write_tiny_model } from "./tiny_model.mjs";

const program = process.env.MILLWRIGHT_PROGRAM;
const browser = program && existsSync(program) && (await open_browser().catch((problem) => console.error(problem.message)));
if (!browser) {
  console.error("skipped: set MILLWRIGHT_PROGRAM, and install chromium");
  process.exit(77);
}
const server = await start_program(program, { demo: false, prepare: (data) => mkdirSync(join(data, "import")) });
const folder = join(server.data, "import");
after(async () => {
  await browser.close();
  await server.close();
});

describe("a folder of Hugging Face", () => {
  it("is imported on the Models page, shows its card, and chats", { timeout: 180_000 }, async () => {
    write_tiny_model(join(folder, "tiny-llama"));
    const opened = await open_page(browser, server.url);
    opened.expect_problem(/503/); // there is no plant
    const { page, problems, close } = opened;
    await page.goto(`${server.url}/models`);
    await page.fill("#pull-source", "file:tiny-llama");
    await page.keyboard.press("Enter");
    const panel = page.locator("[data-model=tiny-llama]");
    await page.waitForSelector("[data-model=tiny-llama][data-state=ready]", { timeout: 60_000 });
    await panel.locator(".model-card dt").first().waitFor({ timeout: 120_000 });
    assert.ok((await panel.locator(".model-card dt").count()) >= 3, await panel.innerText());
    await panel.getByRole("link", { name: "Chat" }).click();
    await page.fill("#chat-box", "How hot is the spindle?");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-phase=done]", { timeout: 60_000 });
    // Weights of chance, drawn from at the chat's temperature: one answer in fourteen was a single odd byte.
    assert.match(await page.textContent(".markdown"), /\S/);
    assert.deepEqual(problems, []);
    await close();
  });

  it("that is of no known kind is refused by name, in the reader's language", { timeout: 120_000 }, async () => {
    const odd = join(folder, "odd");
    write_tiny_model(odd);
    const config = JSON.parse(readFileSync(join(odd, "config.json"), "utf8"));
    writeFileSync(join(odd, "config.json"), JSON.stringify({ ...config, architectures: ["MambaForCausalLM"], model_type: "mamba" }));
    const opened = await open_page(browser, server.url, { lang: "zh" });
    opened.expect_problem(/503/);
    await opened.page.goto(`${server.url}/models`);
    await opened.page.fill("#pull-source", "file:odd");
    await opened.page.keyboard.press("Enter");
    await opened.page.getByText(/MambaForCausalLM/).first().waitFor({ timeout: 60_000 });
    await opened.close();
  });

  it("is read from the folder for imports only, links resolved", { timeout: 60_000 }, async () => {
    symlinkSync("/etc", join(folder, "link"));
    for (const source of ["file:/etc/passwd", "file:../config.toml", "file:link/passwd", "file:."]) {
      const response = await fetch(`${server.url}/api/models`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ source }) });
      assert.equal(response.status, 403, source);
      assert.match((await response.json()).error.message, /put the model into .*import/);
    }
  });
});
