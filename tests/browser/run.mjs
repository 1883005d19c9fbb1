// Runs the browser tests one file after the other (each has a browser and a mock server of its
// own), or those whose name is given: node tests/browser/run.mjs [pages|states|ask|chat|plant ...]
// Needs web/dist (npm run build) and Chromium; exit status 77 says that one is missing.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const web = fileURLToPath(new URL("../../web/", import.meta.url));

if (!existsSync(`${web}dist/index.html`) || !existsSync(`${web}node_modules/playwright-core`)) {
  console.error("skipped: the console is not built here; run tools/build_web.sh");
  process.exit(77);
}
const { open_browser } = await import("./harness.mjs");
try {
  await (await open_browser()).close();
} catch (problem) {
  console.error(`skipped: ${problem.message.split("\n")[0]}`);
  process.exit(77);
}

const wanted = process.argv.slice(2);
const files = readdirSync(folder).filter((name) => name.endsWith("_test.mjs") && (wanted.length === 0 || wanted.some((part) => name.startsWith(part))));
let failed = 0;
for (const file of files) {
  const { status } = spawnSync(process.execPath, ["--test", "--test-reporter=spec", folder + file], { stdio: "inherit" });
  if (status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
