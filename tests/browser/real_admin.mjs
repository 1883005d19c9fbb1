// The administration of the real program in a real browser: a person is made, sees one line, chooses a
// password; the audit log is checked, changed on the disk, and found changed.
//   MILLWRIGHT_PROGRAM=build/release/apps/millwright/millwright node tests/browser/real_admin.mjs
// Exit status 77: there is no program, or no Chromium.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { admin_pages, open_browser, open_page, serious_findings, sideways } from "./harness.mjs";
import { start_program } from "./real_server.mjs";

const password = "correct horse battery";
const program = process.env.MILLWRIGHT_PROGRAM;
const browser = program && existsSync(program) && (await open_browser().catch((problem) => console.error(problem.message)));
if (!browser) {
  console.error("skipped: set MILLWRIGHT_PROGRAM, and install chromium");
  process.exit(77);
}
const server = await start_program(program, {
  prepare: (data) => {
    const made = spawnSync(program, ["user", "add", "root", "--role", "admin", "--line", "*", "--password-file", "-", "--data", data], { input: `${password}\n`, encoding: "utf8" });
    assert.equal(made.status, 0, made.stderr);
  },
});
after(async () => {
  await browser.close();
  await server.close();
});

async function log_in(page, name, secret) {
  await page.goto(server.url);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(secret);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Log in" }).waitFor({ state: "detached" });
}

/** An administrator's page; the first answer of a login page is a 401 in the console. */
async function as_root(options = {}) {
  const opened = await open_page(browser, server.url, options);
  opened.expect_problem(/401/);
  await log_in(opened.page, "root", password);
  await opened.page.waitForSelector("h1");
  return opened;
}

describe("administration of the real program", () => {
  it("makes a person, who chooses a password and sees one line and no administration", async () => {
    const { page, problems, close } = await as_root();
    await page.goto(`${server.url}/people`);
    await page.getByRole("button", { name: "New person" }).click();
    await page.getByLabel("Name", { exact: true }).fill("li");
    await page.getByLabel("Role").selectOption("operator");
    await page.getByLabel(/\(line-1\)/).check();
    await page.getByLabel("Your own password").fill(password);
    await page.getByRole("button", { name: "Add the person" }).click();
    const given = (await page.locator("[data-secret]").textContent()).trim();
    await page.getByRole("button", { name: "It is kept: hide it" }).click();

    const li = await open_page(browser, server.url);
    li.expect_problem(/40[13]/);
    await log_in(li.page, "li", given);
    await li.page.getByRole("heading", { name: "Choose your password" }).waitFor();
    await li.page.getByLabel("Password that you were given").fill(given);
    await li.page.getByLabel("New password").fill("words that only li knows");
    await li.page.keyboard.press("Enter");
    await li.page.waitForSelector(".rail");
    assert.equal(await li.page.getByRole("link", { name: "People" }).count(), 0);
    await li.page.goto(`${server.url}/tags`);
    await li.page.waitForSelector("[data-tag]");
    await li.page.goto(`${server.url}/people`);
    await li.page.getByText("Only an administrator can manage people").waitFor();
    assert.equal(await li.page.evaluate(async () => (await fetch("/api/people")).status), 403);
    const lines = await li.page.evaluate(async () => [...new Set((await (await fetch("/api/plant")).json()).assets.map((asset) => asset.line))]);
    assert.deepEqual(lines, ["line-1"]);
    assert.deepEqual(li.problems, []);

    // What the administrator takes away counts at once.
    await page.goto(`${server.url}/people`);
    await page.locator("[data-person=li]").getByRole("button", { name: "Log out everywhere" }).click();
    await li.page.getByRole("heading", { name: "Log in" }).waitFor({ timeout: 60_000 });
    await li.close();
    assert.deepEqual(problems, []);
    await close();
  });

  it("shows its pages without an error, on a monitor and on a phone, in both languages", async () => {
    for (const [width, lang] of [[1440, "en"], [390, "zh"]]) {
      const { page, problems, close } = await open_page(browser, server.url, { width, height: 844 }).then(async (opened) => {
        opened.expect_problem(/401/);
        await log_in(opened.page, "root", password);
        return opened;
      });
      await page.evaluate((chosen) => localStorage.setItem("millwright.lang", chosen), lang);
      for (const { path } of admin_pages) {
        await page.goto(server.url + path);
        await page.waitForSelector("h1");
        await page.waitForTimeout(900);
        assert.equal(await page.locator("[role=alert] .notice").count(), 0, path);
        assert.equal(await sideways(page), 0, path);
        assert.deepEqual(await serious_findings(page), [], path);
      }
      assert.deepEqual(problems, []);
      await close();
    }
  });

  it("finds the record of the audit log that was changed on the disk", async () => {
    const { page, problems, close } = await as_root();
    await page.goto(`${server.url}/audit`);
    await page.getByText("user.add").first().waitFor();
    await page.getByRole("button", { name: "Check the chain now" }).click();
    await page.locator("[data-chain=intact]").waitFor();
    const root = await page.textContent(".chain-root");
    assert.match(root, /"signature"/);

    const folder = join(server.data, "audit");
    const segment = join(folder, readdirSync(folder).find((name) => name.endsWith(".mwaudit")));
    const bytes = readFileSync(segment);
    const at = bytes.indexOf("person/") + "person/".length; // people are named by references (ADR 0098)
    assert.ok(at > 7);
    const was = bytes[at];
    bytes[at] = "9".charCodeAt(0); // no reference has one
    writeFileSync(segment, bytes);
    await page.getByRole("button", { name: "Check the chain now" }).click();
    const broken = page.locator("[data-chain=broken]");
    await broken.waitFor();
    assert.match(await broken.textContent(), /Broken at record \d+.*was changed.*as evidence/s);
    bytes[at] = was;
    writeFileSync(segment, bytes);
    await page.getByText("Compare with a root that was kept elsewhere").first().click();
    await page.getByRole("textbox", { name: "Compare with a root that was kept elsewhere" }).fill(root);
    await page.getByRole("button", { name: "Check the chain now" }).click();
    await page.locator("[data-chain=intact]").waitFor();
    assert.deepEqual(problems, []);
    await close();
  });
});
