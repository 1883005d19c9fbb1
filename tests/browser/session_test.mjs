// Logging in and out: by keyboard, in both languages, with a second factor; what one is told.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { open_bench, serious_findings, sideways } from "./harness.mjs";

let bench;
before(async () => {
  bench = await open_bench();
});
afterEach(() => bench.reset());
after(() => bench.close());

const refused = /status of 401/;

describe("logging in", () => {
  for (const [lang, words] of [
    ["en", { title: "Log in", wrong: "name, password or code is wrong", role: "Operator" }],
    ["zh", { title: "登录", wrong: "用户名、密码或验证码错误", role: "操作员" }],
  ]) {
    it(`comes first, works by keyboard alone and leads to the page that was asked for (${lang})`, async () => {
      bench.mock.set({ session: "login" });
      const opened = await bench.page("/plant", { lang, width: 390, height: 844 });
      opened.expect_problem(refused);
      const { page, problems } = opened;
      await page.getByRole("heading", { name: words.title }).waitFor();
      assert.equal(await sideways(page), 0);
      assert.deepEqual(await serious_findings(page), []);
      await page.keyboard.type("li"); // the focus is in the name
      await page.keyboard.press("Tab");
      await page.keyboard.type("wrong horse battery");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText(words.wrong).waitFor();
      await page.locator("input[type=password]").fill("correct horse battery");
      await page.keyboard.press("Enter");
      await page.locator("[data-page-title]").waitFor();
      assert.equal(new URL(page.url()).pathname, "/plant");
      await page.locator(".who summary").focus();
      await page.keyboard.press("Enter");
      await page.getByText(words.role, { exact: true }).waitFor();
      assert.deepEqual(await serious_findings(page), []);
      await page.keyboard.press("Escape");
      assert.equal(await page.locator("details.who").getAttribute("open"), null);
      assert.deepEqual(problems, []);
    });
  }

  it("offers the identity provider where there is one, in both languages", async () => {
    bench.mock.set({ session: "login", sign_in_with: "Plant account" });
    for (const [lang, words] of [["en", "Sign in with Plant account"], ["zh", "使用Plant account登录"]]) {
      const { page } = await bench.page("/plant", { lang, width: 390, height: 844 });
      const link = page.getByRole("link", { name: words });
      await link.waitFor();
      assert.equal(await link.getAttribute("href"), "/api/oidc/login");
      assert.equal(await sideways(page), 0);
      assert.deepEqual(await serious_findings(page), []);
    }
  });

  it("is offered to whoever only looks on at the machine itself", async () => {
    bench.mock.set({ session: "onlooker" });
    const { page, problems } = await bench.page("/alarms");
    await page.locator(".who summary").click();
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByLabel("Name").fill("li");
    await page.getByLabel("Password").fill("correct horse battery");
    await page.keyboard.press("Enter");
    await page.locator("[data-page-title]").waitFor();
    assert.equal(page.url(), `${bench.mock.url}/alarms`);
    await page.locator(".who summary", { hasText: "li" }).waitFor();
    assert.deepEqual(problems, []);
  });

  it("asks for a code after the right password only", async () => {
    bench.mock.set({ session: "code" });
    const opened = await bench.page("/ask");
    opened.expect_problem(refused);
    const { page, problems } = opened;
    await page.getByLabel("Name").fill("li");
    await page.getByLabel("Password").fill("correct horse battery");
    assert.equal(await page.getByLabel("Code").count(), 0);
    await page.keyboard.press("Enter");
    await page.getByLabel("Code").waitFor();
    await page.keyboard.type("123456");
    await page.keyboard.press("Enter");
    await page.locator(".who summary").waitFor();
    assert.deepEqual(problems, []);
  });
});

describe("logging out", () => {
  it("leads back to the login page", async () => {
    bench.mock.set({ session: "in" });
    const { page } = await bench.page("/plant");
    await page.locator(".who summary").click();
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    assert.equal(await page.locator(".who").count(), 0);
  });

  it("comes by itself when the session ends", async () => {
    bench.mock.set({ session: "in" });
    const opened = await bench.page("/models");
    opened.expect_problem(refused);
    await opened.page.locator("[data-page-title]").waitFor();
    bench.mock.set({ session: "login" });
    await opened.page.goto("/plant");
    await opened.page.getByRole("heading", { name: "Log in" }).waitFor();
  });
});
