// A headless Chromium and a page that is watched: console errors, requests to anywhere but the
// server under test, violations of the policy.
import { createRequire } from "node:module";
import { existsSync, readFileSync } from "node:fs";
import { create_mock } from "../../web/mock/server.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const candidates = [process.env.MILLWRIGHT_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export async function open_browser() {
  const executablePath = candidates.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error("No Chromium found: install Debian's package 'chromium', or set MILLWRIGHT_CHROMIUM.");
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** A page at `base`, with what went wrong on it in `problems`. */
export async function open_page(browser, base, { lang = "en", theme = "light", width = 1440, height = 900, reduced_motion = true, touch = false } = {}) {
  const context = await browser.newContext({
    locale: lang === "zh" ? "zh-CN" : "en-GB",
    timezoneId: "Europe/Berlin",
    colorScheme: theme,
    viewport: { width, height },
    reducedMotion: reduced_motion ? "reduce" : "no-preference",
    hasTouch: touch,
    baseURL: base,
  });
  const page = await context.newPage();
  const problems = [];
  const expected = [];
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    const text = `${message.type()}: ${message.text()} ${message.location().url ?? ""}`;
    if (!expected.some((pattern) => pattern.test(text))) problems.push(text);
  });
  page.on("pageerror", (error) => problems.push(`exception: ${error.stack ?? error}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !url.startsWith("data:") && !url.startsWith("blob:")) problems.push(`request elsewhere: ${url}`);
  });
  return {
    page,
    problems,
    /** Errors that a test brings about itself. */
    expect_problem: (pattern) => expected.push(pattern),
    close: () => context.close(),
  };
}

export const pages = [
  { name: "ask", path: "/ask" },
  { name: "plant", path: "/plant" },
  { name: "asset", path: "/plant/cnc-2" },
  { name: "alarms", path: "/alarms" },
  { name: "rules", path: "/alarms?view=rules" },
  { name: "rule", path: "/alarms?view=rules&rule=cnc-2.spindle_vibration.high" },
  { name: "maintenance", path: "/maintenance" },
  { name: "models", path: "/models" },
  { name: "system", path: "/system" },
  { name: "tags", path: "/tags" },
  { name: "connections", path: "/connections" },
];

/** Those of administrators. */
export const admin_pages = [
  { name: "people", path: "/people" },
  { name: "keys", path: "/people?view=keys" },
  { name: "account", path: "/account" },
  { name: "audit", path: "/audit" },
];

/**
 * How far the page can be scrolled sideways, in pixels, once it is drawn: a page that was just made narrower changes to
 * the phone's layout with its next frame, and is too wide until then. It has a second to come to 0.
 */
export function sideways(page) {
  return page.evaluate(async () => {
    const { scrollingElement } = document;
    const end = performance.now() + 1000;
    let over;
    do {
      await new Promise((drawn) => {
        requestAnimationFrame(drawn);
        setTimeout(drawn, 500); // a page that draws nothing more
      });
      over = scrollingElement.scrollWidth - scrollingElement.clientWidth;
    } while (over > 0 && performance.now() < end);
    return over;
  });
}

const axe_source = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds that is serious or critical (WCAG 2.2 AA), as readable lines. */
export async function serious_findings(page) {
  await page.evaluate(axe_source);
  const { violations } = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  return violations
    .filter((finding) => finding.impact === "serious" || finding.impact === "critical")
    .flatMap((finding) => finding.nodes.map((node) => `${finding.id}: ${node.target.join(" ")} ${node.failureSummary?.split("\n")[1]?.trim() ?? ""}`));
}

/** Share of the pixels of a canvas that are not empty: 0 is a chart that drew nothing (yet: it is given five seconds). */
export async function drawn_share(canvas) {
  for (let tries = 0; tries < 50; tries += 1) {
    const share = await pixels_share(canvas);
    if (share > 0.01) return share;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return pixels_share(canvas);
}

function pixels_share(canvas) {
  return canvas.evaluate((element) => {
    if (element.width === 0 || element.height === 0) return 0;
    // From a copy that says it is read: a page's own canvas read twice makes Chromium warn in that page's console.
    const copy = new OffscreenCanvas(element.width, element.height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(element, 0, 0);
    const { data } = copy.getImageData(0, 0, element.width, element.height);
    let drawn = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i] > 0) drawn += 1;
    return drawn / (data.length / 4);
  });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What `condition` gives, asked four times a second until it gives something; an error that names `what` after `seconds`. */
export async function until(what, condition, seconds) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition().catch(() => null);
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await pause(250);
  }
}

/** A mock server, a browser, and pages of both; close() ends all of it. */
export async function open_bench() {
  const mock = await create_mock();
  mock.set({ delay_ms: 15 });
  const browser = await open_browser();
  const open = [];
  return {
    mock,
    async page(path, options = {}) {
      const opened = await open_page(browser, mock.url, options);
      open.push(opened);
      await opened.page.goto(mock.url + path);
      return opened;
    },
    /** Between tests: pages closed, the mock as it was. */
    async reset() {
      while (open.length > 0) await open.pop().close();
      mock.reset();
      mock.set({ delay_ms: 15 });
    },
    async close() {
      await browser.close();
      await mock.close();
    },
  };
}
