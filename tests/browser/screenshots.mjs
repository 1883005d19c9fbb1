// Writes docs/screenshots/<page>-<lang>-<theme>-<width>.png of a running server with a demo plant:
//   MILLWRIGHT_URL=http://127.0.0.1:8080 node tests/browser/screenshots.mjs [name ...]
// Without MILLWRIGHT_URL (or MILLWRIGHT_PROGRAM) the mock is shown, into build/screenshots.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { open_browser, open_page } from "./harness.mjs";
import { model_ready, real_server } from "./real_server.mjs";

const questions = {
  en: "What is the spindle temperature of CNC-2 and how has it changed in the last ten minutes?",
  zh: "2号数控机床的主轴温度是多少？最近十分钟怎么变化？",
};

async function ask(page, lang) {
  await page.fill("#ask-box", questions[lang]);
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-phase=done]", { timeout: 120_000 });
  await page.locator("#ask-box").blur();
}

const shots = [
  { name: "start", path: "/ask", ready: ".machine" },
  { name: "answer", path: "/ask", ready: ".machine", act: ask },
  {
    name: "evidence",
    path: "/ask",
    ready: ".machine",
    act: async (page, lang) => {
      await ask(page, lang);
      await page.click(".source >> nth=0");
    },
  },
  { name: "plant", path: "/plant", ready: ".tile .sparkline path[d^=M]" },
  { name: "machine", path: "/plant/cnc-2?range=8h", ready: ".tag-trend canvas" },
  { name: "models", path: "/models", ready: ".model, .notice" },
  { name: "system", path: "/system", ready: ".system-grid" },
  { name: "health", path: "/maintenance", ready: "[data-machine]" },
  { name: "tags", path: "/tags", ready: "[data-tag]" },
  { name: "connections", path: "/connections", ready: "[data-connection]" },
  {
    name: "request",
    path: "/system",
    ready: "[data-request-row]",
    act: async (page) => {
      await page.click("[data-request-row] a >> nth=1");
      await page.waitForSelector("[data-request] .request-parts");
    },
  },
];

const wanted = process.argv.slice(2);
let server = await real_server();
const real = server !== null;
if (!server) {
  const { create_mock } = await import("../../web/mock/server.mjs");
  server = await create_mock();
}
if (real) await model_ready(server.url);
const folder = fileURLToPath(new URL(real ? "../../docs/screenshots/" : "../../build/screenshots/", import.meta.url));
mkdirSync(folder, { recursive: true });
const browser = await open_browser();
for (const lang of ["en", "zh"]) {
  for (const theme of ["light", "dark"]) {
    for (const width of [1440, 390]) {
      for (const { name, path, ready, act } of shots) {
        if (wanted.length > 0 && !wanted.includes(name)) continue;
        const { page, problems, close } = await open_page(browser, server.url, { lang, theme, width, height: width === 390 ? 844 : 900 });
        await page.goto(server.url + path);
        await page.waitForSelector(ready);
        if (act) await act(page, lang);
        await page.waitForTimeout(1200);
        await page.screenshot({ path: `${folder}${name}-${lang}-${theme}-${width}.png` });
        if (problems.length > 0) console.error(name, lang, theme, width, problems);
        await close();
      }
    }
  }
}
await browser.close();
await server.close();
console.log(`screenshots are in ${folder}`);
