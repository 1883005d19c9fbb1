// People, keys and one's own account: each change, its confirmation, its mistakes, who may not.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { open_bench, serious_findings, sideways } from "./harness.mjs";

let bench;
before(async () => {
  bench = await open_bench();
});
afterEach(() => bench.reset());
after(() => bench.close());

const own = "correct horse battery";
const person = (page, name) => page.locator(`[data-person="${name}"]`);
const last = (path) => JSON.parse(bench.mock.scenario.requests.findLast((each) => each.includes(` ${path} `)).split(`${path} `)[1]);

async function people_page(options = {}, path = "/people") {
  bench.mock.set({ session: "admin" });
  const opened = await bench.page(path, options);
  await opened.page.waitForSelector(".people-page .panel");
  return opened;
}

describe("the list of people", () => {
  for (const [lang, words] of [
    ["en", ["4 people", "Operator", "line-1", "locked until", "switched off", "Second factor", "never"]],
    ["zh", ["4 人", "操作员", "line-1", "锁定至", "已停用", "第二因素", "从不"]],
  ]) {
    it(`says who may what, and what stands in the way (${lang})`, async () => {
      const { page, problems } = await people_page({ lang });
      await person(page, "wang").waitFor();
      const text = await page.textContent(".people-page");
      for (const word of words) assert.ok(text.includes(word), word);
      assert.deepEqual(problems, []);
    });
  }

  it("is not for others, and the navigation does not hint at it", async () => {
    bench.mock.set({ session: "in" });
    const { page, problems } = await bench.page("/people");
    await page.getByText("Only an administrator can manage people").waitFor();
    assert.equal(await page.locator('.rail a[href="/people"], .rail a[href="/audit"]').count(), 0);
    assert.deepEqual(problems, []);
  });

  it("tells how the first administrator is made", async () => {
    const { page } = await bench.page("/people");
    await page.getByText("millwright user add NAME --role admin").waitFor();
  });

  it("tells why it cannot be shown, and tries again", async () => {
    bench.mock.set({ session: "admin", people: "error" });
    const opened = await bench.page("/people");
    opened.expect_problem(/500/);
    await opened.page.getByText("disk I/O error").waitFor();
    bench.mock.set({ people: "data" });
    await opened.page.getByRole("button", { name: "Try again" }).click();
    await person(opened.page, "li").waitFor();
  });
});

describe("a new person", () => {
  it("is made by keyboard, with a password that is told once", async () => {
    const { page, problems } = await people_page();
    await page.getByRole("button", { name: "New person" }).focus();
    await page.keyboard.press("Enter");
    await page.getByLabel("Name", { exact: true }).focus();
    await page.keyboard.type("chen");
    await page.getByLabel("Role").selectOption("operator");
    await page.getByLabel(/\(line-1\)/).check();
    await page.getByLabel("Your own password").fill(own);
    assert.deepEqual(await serious_findings(page), []);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Password for chen" }).waitFor();
    assert.equal((await page.textContent("[data-secret]")).trim(), "k3f9-q2xa-b7t1-m5cd");
    const sent = last("/api/people");
    assert.deepEqual({ name: sent.name, role: sent.role, lines: sent.lines, must_change: sent.must_change }, { name: "chen", role: "operator", lines: ["line-1"], must_change: true });
    await person(page, "chen").getByText("has to choose a password").waitFor();
    await page.getByRole("button", { name: "It is kept: hide it" }).click();
    assert.equal(await page.locator("[data-secret]").count(), 0);
    assert.deepEqual(problems, []);
  });

  it("is told what was wrong at its field", async () => {
    const opened = await people_page();
    opened.expect_problem(/40[039]/);
    const { page } = opened;
    await page.getByRole("button", { name: "New person" }).click();
    await page.getByLabel("Name", { exact: true }).fill("two words");
    await page.getByLabel("Your own password").fill("not it at all");
    const send = () => page.getByRole("button", { name: "Add the person" }).click();
    await send();
    await page.locator(".field", { hasText: "Name" }).locator(".field-problem").waitFor();
    await page.getByLabel("Name", { exact: true }).fill("li");
    await send();
    await page.locator(".field-problem", { hasText: "your own password is wrong" }).waitFor();
    assert.equal(await page.getByLabel("Your own password").getAttribute("aria-invalid"), "true");
    await page.getByLabel("Your own password").fill(own);
    await send();
    await page.locator(".field-problem", { hasText: "there is a person 'li' already" }).waitFor();
    assert.deepEqual(await serious_findings(page), []);
  });
});

describe("whoever came by an identity provider", () => {
  for (const [lang, words] of [
    ["en", { open: "New person", name: "Name", button: "Sign in again with Works account", add: "Add the person", done: "Confirmed for one action" }],
    ["zh", { open: "新增人员", name: "名称", button: "使用Works account重新登录", add: "添加人员", done: "已确认，可在五分钟内执行一次操作" }],
  ]) {
    it(`confirms there in place of a password, and what was typed stays (${lang})`, async () => {
      bench.mock.set({ sign_in_with: "Works account", confirm: { password: false, until_ms: null } });
      const opened = await people_page({ lang });
      opened.expect_problem(/400/);
      const { page, problems } = opened;
      await page.getByRole("button", { name: words.open }).click();
      await page.getByLabel(words.name, { exact: true }).fill("chen");
      assert.equal(await page.locator("input[type=password]").count(), 0);
      await page.getByRole("button", { name: words.add }).click();
      await page.locator(".field-problem").waitFor();
      const button = page.getByRole("button", { name: words.button });
      assert.ok((await button.boundingBox()).height >= 44);
      assert.deepEqual(await serious_findings(page), []);
      await button.focus();
      const [popup] = await Promise.all([page.waitForEvent("popup"), page.keyboard.press("Enter")]);
      await popup.getByText("Confirmed").waitFor();
      await popup.close();
      await page.getByText(words.done).waitFor();
      assert.equal(await page.getByLabel(words.name, { exact: true }).inputValue(), "chen");
      await page.getByRole("button", { name: words.add }).click();
      await person(page, "chen").waitFor();
      assert.equal(last("/api/people").own_password, "");
      await page.getByRole("button", { name: words.open }).click();
      await button.waitFor();
      assert.deepEqual(problems, []);
    });
  }

  it("may use the password that they have here, too", async () => {
    bench.mock.set({ sign_in_with: "Works account", confirm: { password: true, until_ms: null } });
    const { page } = await people_page();
    await page.getByRole("button", { name: "New person" }).click();
    await page.getByLabel("Name", { exact: true }).fill("chen");
    await page.getByLabel("Your own password").fill(own);
    await page.getByRole("button", { name: "Add the person" }).click();
    await person(page, "chen").waitFor();
  });
});

describe("what is changed of a person", () => {
  it("rights, against one's own password", async () => {
    const { page } = await people_page();
    await person(page, "li").getByRole("button", { name: "Change rights …" }).click();
    const form = page.getByRole("form", { name: "Rights of li" });
    await form.getByLabel("Role").selectOption("engineer");
    await form.getByLabel("All lines, also those to come").check();
    await form.getByLabel("Your own password").fill(own);
    await form.getByRole("button", { name: "Save the rights" }).click();
    await person(page, "li").getByText("Engineer").waitFor();
    assert.deepEqual(last("/api/people/li/grant").lines, ["*"]);
  });

  it("a lock, sessions, and whether they may log in at all", async () => {
    const { page } = await people_page();
    await person(page, "wang").getByRole("button", { name: "Unlock …" }).click();
    await page.getByLabel("Your own password").fill(own);
    await person(page, "wang").getByRole("button", { name: "Unlock", exact: true }).click();
    await person(page, "wang").getByText("locked until").waitFor({ state: "detached" });
    assert.deepEqual(last("/api/people/wang/actions"), { action: "unlock", own_password: own });
    await person(page, "li").getByRole("button", { name: "Log out everywhere" }).click();
    await person(page, "li").getByRole("button", { name: "Log out everywhere" }).waitFor({ state: "detached" });
    await person(page, "li").getByRole("button", { name: "Switch off" }).click();
    await person(page, "li").getByText("switched off").waitFor();
    await person(page, "li").getByRole("button", { name: "Switch on …" }).click();
    await page.getByLabel("Your own password").fill(own);
    await person(page, "li").getByRole("button", { name: "Switch on", exact: true }).click();
    await person(page, "li").getByText("switched off").waitFor({ state: "detached" });
  });

  it("a password, typed for a display that several share", async () => {
    const { page } = await people_page();
    await person(page, "li").getByRole("button", { name: "New password …" }).click();
    await page.getByLabel("Make one, to be changed at the first login").uncheck();
    await page.getByLabel("Password of the person").fill("a panel by the door");
    await page.getByLabel("Has to be changed at the first login").uncheck();
    await page.getByLabel("Your own password").fill(own);
    await page.getByRole("button", { name: "Set the password" }).click();
    await person(page, "li").getByRole("button", { name: "New password …" }).waitFor();
    assert.equal(last("/api/people/li/password").must_change, false);
    assert.equal(await page.locator("[data-secret]").count(), 0);
  });

  for (const [lang, words] of [
    ["en", { made: "New password …", own: "Your own password: My account", title: "My account" }],
    ["zh", { made: "重设密码…", own: "您本人的密码：我的账户", title: "我的账户" }],
  ]) {
    it(`not one's own password, which would end one's session before it is read (${lang})`, async () => {
      const opened = await bench.page("/ask", { lang });
      const { page } = opened;
      bench.mock.set({ session: "admin" });
      await page.route("**/api/session", async (route) => {
        const answer = await route.fetch();
        const now = await answer.json();
        await route.fulfill({ response: answer, json: { ...now, who: { ...now.who, name: "Root" } } });
      });
      await page.goto(`${bench.mock.url}/people`);
      await person(page, "li").getByRole("button", { name: words.made }).waitFor();
      assert.equal(await person(page, "root").getByRole("button", { name: words.made }).count(), 0);
      assert.deepEqual(await serious_findings(page), []);
      await person(page, "root").getByRole("link", { name: words.own }).click();
      await page.getByRole("heading", { name: words.title }).waitFor();
    });
  }

  it("tells what no field of the form is about: somebody gone meanwhile, rights lost meanwhile", async () => {
    const opened = await people_page();
    opened.expect_problem(/40[34]/);
    const { page } = opened;
    await person(page, "li").getByRole("button", { name: "Change rights …" }).click();
    await person(page, "wang").getByRole("button", { name: "New password …" }).click();
    const [rights, password] = ["Rights of li", "New password for wang"].map((name) => page.getByRole("form", { name }));
    const answer = (status, param, message) => page.route("**/api/people/*/*", (route) => route.fulfill({ status, json: { error: { message, message_zh: message, type: "invalid_request_error", param, code: "x" } } }));
    await answer(404, "name", "there is no such person");
    for (const [form, go] of [[rights, "Save the rights"], [password, "Set the password"]]) {
      await form.getByLabel("Your own password").fill(own);
      await form.getByRole("button", { name: go }).click();
      await form.getByText("there is no such person").waitFor();
    }
    for (const [param, message] of [["role", "this needs the role admin"], ["password", "set your own password first"]]) {
      await answer(403, param, message);
      await password.getByRole("button", { name: "Set the password" }).click();
      await password.getByText(message).waitFor();
    }
    // At its field where there is one, and only there.
    await answer(400, "lines", "a line is not one");
    await rights.getByRole("button", { name: "Save the rights" }).click();
    await rights.locator(".field-problem", { hasText: "a line is not one" }).waitFor();
    assert.equal(await rights.getByText("a line is not one").count(), 1);
    await rights.getByLabel("All lines, also those to come").check(); // takes the field away
    await rights.getByText("a line is not one").waitFor();
  });

  it("is refused for the last administrator, where it was asked for", async () => {
    const opened = await people_page();
    opened.expect_problem(/409/);
    const { page } = opened;
    await person(page, "root").getByRole("button", { name: "Switch off" }).click();
    await person(page, "root").getByText("last administrator").waitFor();
    await person(page, "root").getByRole("button", { name: "Remove …" }).click();
    await person(page, "root").getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByRole("form").getByText("last administrator").waitFor();
  });
});

describe("groups", () => {
  const group = (page, name) => page.locator(`[data-group="${name}"]`);
  for (const [lang, words] of [
    ["en", ["Groups", "maintenance", "Operator", "line-2", "li", "Put somebody in", "Take out"]],
    ["zh", ["组", "maintenance", "操作员", "line-2", "li", "加入人员", "移出"]],
  ]) {
    it(`say who is in them and what that gives (${lang})`, async () => {
      const { page, problems } = await people_page({ lang }, "/people?view=groups");
      await group(page, "maintenance").waitFor();
      const text = await page.textContent(".people-page");
      for (const word of words) assert.ok(text.includes(word), word);
      assert.equal(await sideways(page), 0);
      assert.deepEqual(await serious_findings(page), []);
      assert.deepEqual(problems, []);
    });
  }

  it("are made, filled, emptied and removed", async () => {
    const { page, problems } = await people_page({}, "/people?view=groups");
    await page.getByRole("button", { name: "New group" }).click();
    await page.getByLabel("Name of the group").fill("welders");
    await page.getByLabel("Role").selectOption("engineer");
    await page.getByLabel(/\(line-1\)/).check();
    await page.getByLabel("Your own password").fill(own);
    await page.getByRole("button", { name: "Add the group" }).click();
    await group(page, "welders").getByText("Nobody is in it.").waitFor();
    await group(page, "welders").getByRole("button", { name: "Put somebody in …" }).click();
    const form = page.getByRole("form", { name: "Put somebody in …" });
    await form.getByLabel("Person").selectOption("wang");
    await form.getByLabel("Your own password").fill(own);
    await form.getByRole("button", { name: "Put in", exact: true }).click();
    await group(page, "welders").getByRole("button", { name: "Take out wang (welders)" }).click();
    await group(page, "welders").getByText("Nobody is in it.").waitFor();
    await group(page, "welders").getByRole("button", { name: "Remove the group …" }).click();
    await group(page, "welders").getByRole("button", { name: "Remove", exact: true }).click();
    await group(page, "welders").waitFor({ state: "detached" });
    assert.deepEqual(problems, []);
  });

  it("stand beside a person's own rights", async () => {
    const { page } = await people_page();
    const text = await person(page, "li").textContent();
    assert.ok(text.includes("Groups") && text.includes("maintenance"), text);
  });
});

describe("erasing a person", () => {
  it("says what stays, needs one's own password, and takes them off the list", async () => {
    const { page, problems } = await people_page();
    await person(page, "zhao").getByRole("button", { name: "Erase …" }).click();
    const form = page.getByRole("form", { name: "Erase …" });
    await form.getByText("It cannot be undone").waitFor();
    await form.getByLabel("Your own password").fill(own);
    await form.getByRole("button", { name: "Erase for good" }).click();
    await person(page, "zhao").waitFor({ state: "detached" });
    assert.deepEqual(problems, []);
  });
});

describe("keys of programs", () => {
  it("are made once, listed with their end, and revoked", async () => {
    const { page, problems } = await people_page({}, "/people?view=keys");
    await page.locator("[data-key=mw_k3f9q2xa]").waitFor();
    await page.getByText("expired").first().waitFor();
    await page.getByRole("button", { name: "New key" }).click();
    await page.getByLabel("Name of the program").fill("historian");
    await page.getByLabel("Plant", { exact: true }).check();
    await page.getByLabel("Valid for").selectOption("365");
    await page.getByLabel("Your own password").fill(own);
    await page.getByRole("button", { name: "Make the key" }).click();
    await page.getByText("mw_newkey22.abcdefghijklmnopqrstuvwxyz").waitFor();
    assert.deepEqual([last("/api/keys").scopes, last("/api/keys").days], [["models", "plant"], 365]);
    assert.deepEqual(await serious_findings(page), []);
    await page.getByRole("button", { name: "Revoke the key mes" }).click();
    await page.locator("[data-key=mw_k3f9q2xa][data-state=revoked]").waitFor();
    assert.deepEqual(problems, []);
  });
});

describe("one's own account", () => {
  it("changes the password", async () => {
    const opened = await people_page({}, "/account");
    opened.expect_problem(/40[03]/);
    const { page } = opened;
    await page.getByLabel("Password until now").fill(own);
    await page.getByLabel("New password").fill("short");
    await page.getByRole("button", { name: "Change the password" }).click();
    await page.locator(".field-problem", { hasText: "at least 12" }).waitFor();
    await page.getByLabel("New password").fill("another one entirely");
    await page.getByRole("button", { name: "Change the password" }).click();
    await page.getByText("The password is changed").waitFor();
  });

  it("sets up a second factor, which counts once a code was typed", async () => {
    const opened = await people_page({ lang: "zh", width: 390, height: 844 }, "/account");
    opened.expect_problem(/400/);
    const { page } = opened;
    await page.getByRole("button", { name: "开始设置…" }).click();
    await page.getByLabel("您本人的密码").fill(own);
    await page.getByRole("button", { name: "继续" }).click();
    await page.getByText("JBSW Y3DP").waitFor();
    assert.equal(await page.locator(".recovery li").count(), 10);
    assert.ok((await page.locator(".qr-code").boundingBox()).width > 150);
    assert.equal(await sideways(page), 0);
    assert.deepEqual(await serious_findings(page), []);
    await page.getByLabel("应用显示的验证码").fill("000 000");
    await page.getByRole("button", { name: "启用" }).click();
    await page.locator(".field-problem").waitFor();
    await page.getByLabel("应用显示的验证码").fill("123 456");
    await page.getByRole("button", { name: "启用" }).click();
    await page.getByText("下次登录起需要第二因素").waitFor();
  });

  it("comes first for whoever was handed a password", async () => {
    bench.mock.set({ session: "newcomer" });
    const { page, problems } = await bench.page("/plant");
    await page.getByRole("heading", { name: "Choose your password" }).waitFor();
    assert.equal(await page.locator(".topbar").count(), 0);
    assert.deepEqual(await serious_findings(page), []);
    await page.getByLabel("Password that you were given").fill(own);
    await page.getByLabel("New password").fill("another one entirely");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".tile");
    assert.deepEqual(problems, []);
  });
});
