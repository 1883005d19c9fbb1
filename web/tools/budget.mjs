// Prints what a first load costs and fails above the budget: 120 kB compressed.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const budget = 120_000;
const dist = new URL("../dist", import.meta.url).pathname;
let total = 0;

function visit(folder, prefix) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) visit(path, `${prefix}${name}/`);
    else if (name.endsWith(".gz")) {
      const bytes = statSync(path).size;
      total += bytes;
      console.log(`   ${(bytes / 1000).toFixed(1).padStart(6)} kB  ${prefix}${name}`);
    }
  }
}
visit(dist, "");
console.log(`   ${(total / 1000).toFixed(1).padStart(6)} kB  in all, of ${budget / 1000} kB`);
if (total > budget) {
  console.error(`The bundle is ${total} bytes compressed, over its budget of ${budget}.`);
  process.exit(1);
}
