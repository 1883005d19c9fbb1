// Prints what a first load costs and fails above the budget: 120 kB compressed, and 40 kB for what is loaded when it is
// looked at (ADR 0077): one script.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const budgets = { first: 120_000, later: 40_000 };
const dist = new URL("../dist", import.meta.url).pathname;
const page = readFileSync(join(dist, "index.html"), "utf8");
const totals = { first: 0, later: 0 };
const later = [];

function visit(folder, prefix) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) visit(path, `${prefix}${name}/`);
    else if (name.endsWith(".gz")) {
      const bytes = statSync(path).size;
      // What the page does not name is fetched by the script, when it is needed.
      const when = name.endsWith(".js.gz") && !page.includes(name.slice(0, -3)) ? "later" : "first";
      if (when === "later") later.push(name);
      totals[when] += bytes;
      console.log(`   ${(bytes / 1000).toFixed(1).padStart(6)} kB  ${prefix}${name}${when === "later" ? " (when it is looked at)" : ""}`);
    }
  }
}
visit(dist, "");
let well = later.length === 1;
if (!well) console.error(`Expected one script beside the first, not ${later.length}: ${later.join(", ")}`);
for (const [when, total] of Object.entries(totals)) {
  console.log(`   ${(total / 1000).toFixed(1).padStart(6)} kB  ${when === "first" ? "in all at first" : "later"}, of ${budgets[when] / 1000} kB`);
  if (total > budgets[when]) {
    console.error(`${when}: ${total} bytes compressed, over the budget of ${budgets[when]}.`);
    well = false;
  }
}
process.exit(well ? 0 : 1);
