// Fails when an import goes against the direction shared -> features -> app, when a colour is
// written outside tokens.css, when a way to inject markup is used, or when the focus moves in an
// effect that runs after the paint.
//   lib -> lib | components -> components, lib | features/x -> features/x, components, lib
//   app -> everything; nothing imports app
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const source = new URL("../src", import.meta.url).pathname;
const problems = [];

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

function area(path) {
  const parts = relative(source, path).split("/");
  return parts[0] === "features" ? `features/${parts[1]}` : parts[0];
}

function allowed(from, to) {
  if (from === to || from === "app") return true;
  if (to === "app") return false;
  if (to === "styles") return false;
  if (from === "lib") return false;
  if (from === "components") return to === "lib";
  return to === "lib" || to === "components";
}

const forbidden = [
  [/\binnerHTML\b|\bouterHTML\b|dangerouslySetInnerHTML|insertAdjacentHTML|document\.write/, "markup from a string"],
  [/\beval\(|new Function\(/, "code from a string"],
  [/\buseEffect\([^;]*\.(?:focus|showModal)\(/, "a focus that moves after the paint: a key typed between goes elsewhere; useLayoutEffect"],
  [/https?:\/\/(?!www\.w3\.org\/|127\.0\.0\.1|localhost|plant\.example)/, "an address outside this server"],
];

for (const path of files(source)) {
  const name = relative(source, path);
  const text = readFileSync(path, "utf8");
  if (/\.tsx?$/.test(path)) {
    for (const [, target] of text.matchAll(/(?:from|import)\s+"([^"]+)"/g)) {
      if (!target.startsWith(".") && !target.startsWith("~/")) continue;
      const full = target.startsWith("~/") ? join(source, target.slice(2)) : resolve(dirname(path), target);
      if (!allowed(area(path), area(full))) problems.push(`${name}: ${area(path)} may not import ${target}`);
      if (target.includes("../..")) problems.push(`${name}: write ~/ instead of ${target}`);
    }
    if (!/\.test\.tsx?$/.test(path)) {
      const code = text.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, "");
      for (const [pattern, what] of forbidden) {
        const hit = code.match(pattern);
        if (hit) problems.push(`${name}: ${what}: ${hit[0]}`);
      }
    }
    const lines = text.split("\n").length;
    if (lines > 320) problems.push(`${name}: ${lines} lines; split it (limit 320)`);
  }
  if (path.endsWith(".css") && !path.endsWith("tokens.css")) {
    for (const hit of text.matchAll(/#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch)\(|font-size:\s*[\d.]+(?:px|rem)/g)) {
      problems.push(`${name}: '${hit[0]}' belongs into styles/tokens.css`);
    }
  }
}

if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
