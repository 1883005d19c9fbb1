// Serves web/dist as the real server does: the policy below, content-hashed files for ever, and
// index.html for every page of the console.
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

const dist = new URL("../dist", import.meta.url).pathname;

export const policy = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'", "font-src 'self'",
  "manifest-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
  "require-trusted-types-for 'script'", "trusted-types 'none'",
].join("; ");

const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml" };

export async function serve_static(request, response, url) {
  const path = normalize(decodeURIComponent(url.pathname));
  const is_file = extname(path) !== "";
  const file = join(dist, is_file ? path : "/index.html");
  if (!file.startsWith(dist)) return void response.writeHead(404).end();
  const headers = {
    "content-type": types[extname(file)] ?? "application/octet-stream",
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
  };
  try {
    const accepts = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
    const packed = accepts ? await readFile(`${file}.gz`).catch(() => null) : null;
    const body = packed ?? (await readFile(file));
    response.writeHead(200, packed ? { ...headers, "content-encoding": "gzip", vary: "accept-encoding" } : headers);
    response.end(body);
  } catch {
    response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
  }
  return undefined;
}
