// Prints what a first load costs and fails above the budget: 120 kB compressed, and 40 kB for what is loaded when it is
// looked at (ADR 0077): two scripts (ADR 0135).
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const budgets = { first: 120_000, later_pages: 40_000, health_pages: 20_000 };
const dist = new URL("../dist", import.meta.url).pathname;
const page = readFileSync(join(dist, "index.html"), "utf8");
const totals = { first: 0 };

function visit(folder, prefix) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) visit(path, `${prefix}${name}/`);
    else if (name.endsWith(".gz")) {
      const bytes = statSync(path).size;
      // What the page does not name is fetched by the script, when it is needed.
      const later = name.endsWith(".js.gz") && !page.includes(name.slice(0, -3));
      const when = later ? name.slice(0, name.indexOf("-")) : "first";
      totals[when] = (totals[when] ?? 0) + bytes;
      console.log(`   ${(bytes / 1000).toFixed(1).padStart(6)} kB  ${prefix}${name}${later ? " (when it is looked at)" : ""}`);
    }
  }
}
visit(dist, "");
let well = true;
for (const [when, total] of Object.entries(totals)) {
  const budget = budgets[when];
  console.log(`   ${(total / 1000).toFixed(1).padStart(6)} kB  ${when === "first" ? "in all at first" : when}, of ${(budget ?? 0) / 1000} kB`);
  if (budget !== undefined && total <= budget) continue;
  console.error(budget === undefined ? `${when}: a script that nobody planned (ADR 0135).` : `${when}: ${total} bytes compressed, over the budget of ${budget}.`);
  well = false;
}
process.exit(well ? 0 : 1);
