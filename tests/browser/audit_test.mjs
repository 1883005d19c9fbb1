// The audit log: pages, filters in the address, export, and whether the chain holds.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, describe, it } from "node:test";
import { open_bench, serious_findings, sideways } from "./harness.mjs";

let bench;
before(async () => {
  bench = await open_bench();
});
afterEach(() => bench.reset());
after(() => bench.close());

async function audit_page(options = {}, path = "/audit") {
  bench.mock.set({ session: "admin", people: "data" });
  const opened = await bench.page(path, options);
  await opened.page.waitForSelector("[data-audit]");
  return opened;
}

describe("the records", () => {
  it("come newest first, older ones on demand", async () => {
    const { page, problems } = await audit_page();
    assert.equal(await page.locator("[data-audit]").count(), 100);
    assert.equal(await page.locator("[data-audit]").first().getAttribute("data-audit"), "241");
    await page.getByRole("button", { name: "Show older" }).click();
    await page.locator("[data-audit='60']").waitFor();
    await page.getByRole("button", { name: "Show older" }).click();
    await page.locator("[data-audit='1']").waitFor();
    assert.equal(await page.getByRole("button", { name: "Show older" }).count(), 0);
    assert.deepEqual(problems, []);
  });

  it("are filtered by who, what, outcome and time, and the address can be sent", async () => {
    const { page } = await audit_page();
    await page.getByLabel("Who").fill("LI");
    await page.keyboard.press("Tab");
    await page.waitForFunction(() => location.search.includes("who=LI"));
    await page.getByLabel("What").selectOption("session.");
    await page.getByLabel("Outcome").selectOption("refused");
    await page.waitForFunction(() => document.querySelectorAll("[data-audit]").length > 0 && document.querySelectorAll("[data-audit]").length < 10);
    const shown = await page.locator("[data-audit]").allInnerTexts();
    assert.ok(shown.every((text) => text.includes("person:li") && text.includes("refused")));
    await page.reload();
    await page.waitForSelector("[data-audit]");
    assert.deepEqual(await page.locator("[data-audit]").allInnerTexts(), shown);
    await page.getByLabel("Object or detail").fill("nothing like it");
    await page.keyboard.press("Tab");
    await page.getByText("No record fits").waitFor();
  });

  it("come once, however often older ones are asked for", async () => {
    const { page } = await audit_page();
    await page.route("**/api/audit/records**", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await route.continue();
    });
    const older = page.getByRole("button", { name: "Show older" });
    await older.evaluate((button) => {
      button.click();
      button.click();
    });
    await page.locator(".form-actions button:disabled", { hasText: "One moment" }).waitFor();
    await page.locator("[data-audit='60']").waitFor();
    await page.waitForTimeout(400);
    const seqs = await page.locator("[data-audit]").evaluateAll((rows) => rows.map((row) => row.dataset.audit));
    assert.equal(new Set(seqs).size, seqs.length);
  });

  it("of other filters are gone while the new ones load, and so is what was wrong with them", async () => {
    const opened = await audit_page();
    opened.expect_problem(/500/);
    const { page } = opened;
    const held = {};
    await page.route("**/api/audit/records**", async (route) => {
      const who = new URL(route.request().url()).searchParams.get("who") ?? "";
      await new Promise((resolve) => (held[who] = resolve));
      if (who === "li") return route.fulfill({ status: 500, json: { error: { message: "too late", message_zh: "太迟了", type: "x", code: "io" } } });
      const answer = await route.fetch();
      return route.fulfill({ response: answer, json: { ...(await answer.json()), damaged: who === "wang" } });
    });
    const filter = async (who) => {
      await page.getByLabel("Who").fill(who);
      await page.keyboard.press("Tab");
      while (!held[who]) await page.waitForTimeout(20);
    };
    const shown = () => page.locator("[data-audit]").count();
    await filter("li");
    assert.equal(await shown(), 0);
    assert.ok((await page.locator(".audit-page .skeleton").count()) > 0);
    await filter("wang");
    const late = page.waitForResponse(/who=li/);
    held.li();
    await late;
    held.wang();
    await page.waitForSelector("[data-audit]");
    assert.equal(await page.getByText("too late").count(), 0);
    await page.getByText("Part of the log cannot be read").waitFor();
    await filter("root");
    held.root();
    await page.getByText("No record fits").waitFor();
    assert.equal(await page.getByText("Part of the log cannot be read").count(), 0);
  });

  for (const lang of ["en", "zh"]) {
    it(`can be narrowed to each kind of action (${lang})`, async () => {
      const { page } = await audit_page({ lang });
      const options = page.locator(".audit-filters select").first().locator("option");
      const values = await options.evaluateAll((all) => all.map((each) => each.value));
      assert.deepEqual([...values].sort(), ["", "alarm.", "audit.", "backup.", "group.", "key.", "plant.", "retention.", "server.", "session.", "session.end_all", "token.", "user."]);
      assert.equal(new Set(await options.allTextContents()).size, values.length);
    });
  }

  it("are exported as they are filtered", async () => {
    const { page, problems } = await audit_page({}, "/audit?who=li");
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export" }).click();
    const file = readFileSync(await (await coming).path(), "utf8");
    const lines = file.trim().split("\n").map((line) => JSON.parse(line));
    assert.equal(lines.length, 48);
    assert.ok(lines.every((record) => record.who === "person:li"));
    // As `millwright audit show --json` names things.
    assert.deepEqual(Object.keys(lines[0]), ["seq", "time", "who", "address", "action", "object", "outcome", "detail"]);
    assert.match(lines[0].time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(Math.abs(Date.parse(lines[0].time) - Date.now()) < 241 * 3_600_000);
    await page.getByText("48 records written").waitFor();
    assert.deepEqual(problems, []);
  });

  it("are only for administrators", async () => {
    bench.mock.set({ session: "in" });
    const { page, problems } = await bench.page("/audit");
    await page.getByText("Only an administrator can read the audit log").waitFor();
    assert.equal(await page.getByRole("button", { name: "Check the chain now" }).count(), 0);
    assert.deepEqual(problems, []);
  });

  it("tell why they cannot be shown", async () => {
    bench.mock.set({ session: "admin", audit: "error" });
    const opened = await bench.page("/audit");
    opened.expect_problem(/500/);
    await opened.page.getByText("Input/output error").first().waitFor();
  });
});

describe("the chain", () => {
  it("is checked with progress, and its root can be kept", async () => {
    const { page, problems } = await audit_page();
    await page.getByRole("button", { name: "Check the chain now" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("progressbar").waitFor();
    await page.locator("[data-chain=intact]").getByText("Intact to record 241").waitFor();
    assert.match(await page.textContent(".chain-root"), /"signature"/);
    assert.deepEqual(await serious_findings(page), []);
    assert.deepEqual(problems, []);
  });

  it("is followed on when one look at it fails", async () => {
    const opened = await audit_page();
    opened.expect_problem(/500/);
    const { page } = opened;
    let failures = 0;
    await page.route("**/api/audit/check", (route) => {
      if (route.request().method() !== "GET" || failures >= 2) return route.continue();
      failures += 1;
      return route.fulfill({ status: 500, json: { error: { message: "lost for a moment", message_zh: "暂时失联", type: "x", code: "io" } } });
    });
    await page.getByRole("button", { name: "Check the chain now" }).click();
    await page.getByText("lost for a moment").waitFor();
    await page.locator("[data-chain=intact]").waitFor();
    assert.equal(await page.getByText("lost for a moment").count(), 0);
    assert.equal(failures, 2);
  });

  for (const [lang, words] of [
    ["en", ["Broken at record 118", "record 118 was changed", "byte 20412", "as evidence"]],
    ["zh", ["记录 118 处损坏", "记录 118 被改动", "字节 20412", "作为证据"]],
  ]) {
    it(`says exactly where it is broken and what to do (${lang})`, async () => {
      bench.mock.set({ audit: "broken" });
      const { page } = await audit_page({ lang, width: 390, height: 844 });
      await page.getByRole("button", { name: lang === "en" ? "Check the chain now" : "立即检查" }).click();
      await page.locator("[data-chain=broken]").waitFor();
      const text = await page.textContent("[data-chain=broken]");
      for (const word of words) assert.ok(text.includes(word), `${word} in ${text}`);
      assert.equal(await sideways(page), 0);
      assert.deepEqual(await serious_findings(page), []);
    });
  }
});
