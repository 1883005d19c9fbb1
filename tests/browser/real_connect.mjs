// A new user's way with the real program in a real browser, as docs/guide/connect.md tells it: from the simulated plant
// to a Modbus device, an OPC UA server and an MQTT device; a cable is cut, and nothing is missing afterwards; history comes
// from a CSV file, an alarm of one's own comes up, a person sees one line, and a changed audit log is found out.
//   MILLWRIGHT_PROGRAM=build/release/apps/millwright/millwright node tests/browser/real_connect.mjs
// Exit status 77: there is no program, no Chromium, or no peer.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { open_browser, open_page } from "./harness.mjs";
import { start_program } from "./real_server.mjs";

const password = "correct horse battery";
const program = process.env.MILLWRIGHT_PROGRAM;
const browser = program && existsSync(program) && (await open_browser().catch((problem) => console.error(problem.message)));
if (!browser) {
  console.error("skipped: set MILLWRIGHT_PROGRAM, and install chromium");
  process.exit(77);
}

const peers = spawn("python3", [fileURLToPath(new URL("../integration/plant_peers.py", import.meta.url))], { stdio: ["pipe", "pipe", "inherit"] });
const answers = createInterface({ input: peers.stdout })[Symbol.asyncIterator]();
const first = await answers.next();
if (first.done) {
  await browser.close();
  console.error("skipped: a peer is not to be had here");
  process.exit(77);
}
const ports = JSON.parse(first.value);
async function order(what) {
  peers.stdin.write(`${JSON.stringify(what)}\n`);
  assert.equal((await answers.next()).value, "ok");
}

const server = await start_program(program, {
  prepare: (data) => {
    const made = spawnSync(program, ["user", "add", "root", "--role", "admin", "--line", "*", "--password-file", "-", "--data", data], { input: `${password}\n`, encoding: "utf8" });
    assert.equal(made.status, 0, made.stderr);
  },
});
after(async () => {
  peers.stdin.end();
  await browser.close();
  await server.close();
});

const slow = { timeout: 90_000 };

async function log_in(page, name, secret) {
  await page.goto(server.url);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(secret);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Log in" }).waitFor({ state: "detached" });
}

async function as_root(expected = /401/) {
  const opened = await open_page(browser, server.url, {});
  opened.expect_problem(expected);
  await log_in(opened.page, "root", password);
  return opened;
}

async function shot(page, name) {
  if (process.env.MILLWRIGHT_SHOTS) await page.screenshot({ path: `${process.env.MILLWRIGHT_SHOTS}/${name}.png`, fullPage: true });
}

/** The last step: what was chosen, saved, and the plant started anew with it. */
async function save(page) {
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The plant runs with the new connections.").waitFor(slow);
}

async function has_value(page, tag, quality = "good") {
  await page.waitForFunction(
    async ([id, expected]) => {
      const { assets } = await (await fetch("/api/plant")).json();
      return assets.some((asset) => asset.tags.some((each) => each.id === id && each.latest.quality === expected));
    },
    [tag, quality],
    { timeout: 60_000, polling: 500 },
  );
}

describe("a new user's afternoon", () => {
  it("connects three machines, cuts a cable and finds no hole", async () => {
    const { page, close } = await as_root(/401|ERR_|Failed to fetch|50\d/); // away while the plant starts anew
    await page.goto(`${server.url}/connections`);

    await page.getByRole("button", { name: "Add a connection" }).click();
    await page.getByLabel("Name of the connection").fill("press-plc");
    await page.getByLabel("Address", { exact: true }).fill(`127.0.0.1:${ports.modbus}`);
    await page.getByLabel("Register's address").fill("1");
    await page.getByLabel("Type").selectOption("s16");
    await page.getByLabel("Scale").fill("0.1");
    await page.getByRole("button", { name: "Look" }).click();
    await page.getByText("-21.5", { exact: true }).waitFor(slow);
    await page.getByLabel("Identifier").first().fill("press-1");
    await page.getByRole("group", { name: "holding 1" }).getByLabel("Identifier").fill("oil");
    await page.getByLabel("Unit of measure").fill("degC");
    await save(page);

    await page.getByRole("button", { name: "Add a connection" }).click();
    await page.getByLabel("Kind").selectOption("opcua");
    await page.getByLabel("Name of the connection").fill("hall-server");
    await page.getByLabel("Address", { exact: true }).fill(`opc.tcp://127.0.0.1:${ports.opcua}/plc`);
    await page.getByLabel("Security").selectOption("none");
    await page.getByRole("button", { name: "Look" }).click();
    await page.getByRole("checkbox", { name: "by number" }).check(slow);
    await page.getByLabel("Identifier").first().fill("pump-1");
    await page.getByRole("group", { name: /by number/ }).getByLabel("Identifier").fill("flow");
    await save(page);

    await page.getByRole("button", { name: "Add a connection" }).click();
    await page.getByLabel("Kind").selectOption("mqtt");
    await page.getByLabel("Address", { exact: true }).fill(`tcp://127.0.0.1:${ports.mqtt}`);
    await page.getByRole("button", { name: "Look" }).click();
    await page.getByRole("checkbox", { name: "factory/oven/climate /temp" }).check(slow);
    await page.getByLabel("Identifier").first().fill("oven-1");
    await save(page);

    await page.goto(`${server.url}/tags`);
    for (const tag of ["press-1/oil", "pump-1/flow", "oven-1/climate_temp"]) {
      await has_value(page, tag);
      await page.locator(`[data-tag="${tag}"]`).waitFor(slow);
    }
    assert.match(await page.locator('[data-tag="press-1/oil"]').textContent(), /−21\.5/);

    await order({ cut: true });
    await has_value(page, "pump-1/flow", "bad");
    await has_value(page, "oven-1/climate_temp");
    const values = Array.from({ length: 12 }, (_, i) => 100 + i);
    for (const value of values) {
      await order({ set: value });
      await page.waitForTimeout(100);
    }
    await page.goto(`${server.url}/connections`);
    await page.locator("[data-connection=hall-server][data-state=failed]").waitFor(slow);
    await page.locator("[data-connection=press-plc][data-state=connected]").waitFor(slow);
    await shot(page, "cut");
    await order({ mend: true });
    await has_value(page, "pump-1/flow");
    await page.waitForFunction(
      async (expected) => {
        const { now_ms } = await (await fetch("/api/plant")).json();
        const { points } = await (await fetch(`/api/plant/series?tag=pump-1/flow&from_ms=${now_ms - 120_000}&to_ms=${now_ms}&points=2000`)).json();
        const seen = new Set(points.flat());
        return expected.every((value) => seen.has(value));
      },
      values,
      { timeout: 60_000, polling: 500 },
    );
    // Machines that say no state, with all values good: nothing needs attention.
    await page.locator(".attention:not(.attention-some)").waitFor(slow);
    await page.goto(`${server.url}/connections`);
    await page.locator("[data-connection=hall-server][data-state=connected]").waitFor(slow);
    await shot(page, "connected");
    await close();
  });

  it("brings in what a CSV file knows of the days before", async () => {
    const { page, close } = await as_root();
    const day_ms = 86_400_000;
    const from_ms = Math.floor(Date.now() / day_ms) * day_ms - 2 * day_ms;
    const rows = [41.5, 42.5, 43.25].map((value, hour) => `${new Date(from_ms + hour * 3_600_000).toISOString()},${value}`);
    await page.goto(`${server.url}/tags`);
    await page.getByRole("button", { name: "Import a CSV …" }).click();
    await page.getByLabel("File", { exact: true }).setInputFiles({ name: "pump.csv", mimeType: "text/csv", buffer: Buffer.from(`time,Flow of the pump\n${rows.join("\n")}\n`) });
    await page.getByLabel("Flow of the pump").fill("pump-1/flow");
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByRole("button", { name: "Store 3 samples" }).click();
    await page.locator("[data-csv=stored]").getByText("3 samples stored").waitFor();
    const values = await page.evaluate(
      async ([from, to]) => (await (await fetch(`/api/plant/series?tag=pump-1/flow&from_ms=${from}&to_ms=${to}&points=100`)).json()).points.map((point) => point[1]),
      [from_ms, from_ms + 3 * 3_600_000],
    );
    for (const value of [41.5, 42.5, 43.25]) assert.ok(values.includes(value), `${value} in ${values}`);
    await close();
  });

  it("is warned by an alarm of its own", async () => {
    const { page, close } = await as_root();
    await page.goto(`${server.url}/alarms?view=rules`);
    await page.getByRole("link", { name: "New rule" }).click();
    await page.getByLabel("Name in English").fill("Too much flow");
    await page.getByLabel("Machine").selectOption("pump-1");
    await page.getByLabel("Priority").selectOption("high");
    await page.getByRole("combobox", { name: "Signal" }).fill("flow");
    await page.locator('[data-option="pump-1/flow"]').click();
    await page.getByLabel(/^Limit/).fill("400");
    await page.getByLabel("It must hold for (s)").fill("0");
    await page.getByRole("button", { name: "Add the rule" }).click();
    await page.getByText("Saved: Too much flow").waitFor();
    await order({ set: 512 });
    await page.goto(`${server.url}/alarms`);
    await page.getByRole("button", { name: "Acknowledge Too much flow" }).click(slow);
    await page.getByRole("button", { name: "Acknowledge Too much flow" }).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "1 alarm stands" }).waitFor(); // known, but not gone: nothing is "all normal"
    await shot(page, "alarm");
    await close();
  });

  it("lets a person see one line, and no more than the person may", async () => {
    const { page, close } = await as_root();
    await page.goto(`${server.url}/people`);
    for (const [name, line] of [["li", true], ["zhao", false]]) {
      await page.getByRole("button", { name: "New person" }).click();
      await page.getByLabel("Name", { exact: true }).fill(name);
      await page.getByLabel("Role").selectOption("operator");
      if (line) await page.getByLabel(/\(line-1\)/).check();
      await page.getByLabel("Your own password").fill(password);
      await page.getByRole("button", { name: "Add the person" }).click();
      const given = (await page.locator("[data-secret]").textContent()).trim();
      await page.getByRole("button", { name: "It is kept: hide it" }).click();

      const theirs = await open_page(browser, server.url);
      theirs.expect_problem(/40[13]/);
      await log_in(theirs.page, name, given);
      await theirs.page.getByLabel("Password that you were given").fill(given);
      await theirs.page.getByLabel("New password").fill(`words that only ${name} knows`);
      await theirs.page.keyboard.press("Enter");
      await theirs.page.waitForSelector(".rail");
      const seen = await theirs.page.evaluate(async () => (await (await fetch("/api/plant")).json()).assets.map((asset) => asset.id).sort());
      assert.deepEqual(seen, line ? ["oven-1", "press-1", "pump-1"] : []);
      const alarms = await theirs.page.evaluate(async () => (await (await fetch("/api/alarms")).text()).includes("Too much flow"));
      assert.equal(alarms, line);
      assert.equal(await theirs.page.evaluate(async () => (await fetch("/api/people")).status), 403);
      await shot(theirs.page, `seen_by_${name}`);
      await theirs.close();
    }
    await close();
  });

  it("finds out that somebody changed the audit log", async () => {
    const { page, close } = await as_root();
    await page.goto(`${server.url}/audit`);
    await page.getByRole("button", { name: "Check the chain now" }).click();
    await page.locator("[data-chain=intact]").waitFor(slow);
    const folder = join(server.data, "audit");
    const segment = join(folder, readdirSync(folder).find((name) => name.endsWith(".mwaudit")));
    const bytes = readFileSync(segment);
    const at = bytes.indexOf("person/"); // people are named by references (ADR 0098)
    assert.ok(at > 0);
    bytes.write("person/9", at);
    writeFileSync(segment, bytes);
    await page.getByRole("button", { name: "Check the chain now" }).click();
    await page.locator("[data-chain=broken]").waitFor(slow);
    await shot(page, "tampered");
    await close();
  });
});
