// Writes `<file>.gz` beside each file of web/dist that gets smaller: the server sends it as it
// is. Node's gzip writes no name and a zero time, so the same sources give the same bytes.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants, gzipSync } from "node:zlib";

const dist = new URL("../dist", import.meta.url).pathname;

function visit(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) visit(path);
    else if (!name.endsWith(".gz")) {
      const plain = readFileSync(path);
      const packed = gzipSync(plain, { level: constants.Z_BEST_COMPRESSION });
      packed[9] = 255; // "operating system" byte: unknown, the same on every machine
      if (packed.length < plain.length * 0.9) writeFileSync(`${path}.gz`, packed);
    }
  }
}
visit(dist);
