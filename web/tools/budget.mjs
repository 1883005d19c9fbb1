// Prints what a first load costs and fails above the budget: 120 kB compressed. What is loaded when it is looked at has seven
// scripts, each with a budget of its own (ADR 0077, 0133, 0135, 0143, 0149, 0151): a page pays for one of them.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const budgets = { first: 120_000, later_pages: 28_000, later_people: 20_000, later_setup: 20_000, later_health: 20_000, later_life: 8_000, later_learn: 12_000, later_vibration: 12_000 };
const dist = new URL("../dist", import.meta.url).pathname;
const page = readFileSync(join(dist, "index.html"), "utf8");
const totals = Object.fromEntries(Object.keys(budgets).map((each) => [each, 0]));
let well = true;

function visit(folder, prefix) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) visit(path, `${prefix}${name}/`);
    else if (name.endsWith(".gz")) {
      const bytes = statSync(path).size;
      // What the page does not name is fetched by the script, when it is needed.
      const later = name.endsWith(".js.gz") && !page.includes(name.slice(0, -3));
      const when = later ? name.slice(0, name.indexOf("-")) : "first"; // the hash after it may have a "-" too
      console.log(`   ${(bytes / 1000).toFixed(1).padStart(6)} kB  ${prefix}${name}${later ? " (when it is looked at)" : ""}`);
      if (when in totals) totals[when] += bytes;
      else {
        console.error(`${name}: expected no script beside ${Object.keys(budgets).slice(1).join(" and ")}`);
        well = false;
      }
    }
  }
}
visit(dist, "");
for (const [when, total] of Object.entries(totals)) {
  console.log(`   ${(total / 1000).toFixed(1).padStart(6)} kB  ${when === "first" ? "in all at first" : when}, of ${budgets[when] / 1000} kB`);
  if (total === 0 || total > budgets[when]) {
    console.error(`${when}: ${total} bytes compressed; expected some, and at most ${budgets[when]}.`);
    well = false;
  }
}
process.exit(well ? 0 : 1);
