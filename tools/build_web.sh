#!/usr/bin/env bash
# Builds the console into web/dist. Skipped when neither sources nor lock file changed since.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ ! -f web/package-lock.json ]; then
  echo "   no console in this tree; the program serves a page that says so"
  exit 0
fi
cd web
if ! command -v npm >/dev/null && [ -f dist/index.html ]; then
  echo "   no npm here: taking web/dist as it is"
  exit 0
fi

fingerprint() {  # of every file that goes into the bundle
  { git ls-files -z --cached --others --exclude-standard . 2>/dev/null || find . -path ./node_modules -prune \
    -o -path ./dist -prune -o -type f -print0; } | sort -z | xargs -0 sha256sum 2>/dev/null | sha256sum | cut -c1-64
}

lock=$(sha256sum package-lock.json | cut -c1-64)
if [ "$(cat node_modules/.mw_lock 2>/dev/null)" != "$lock" ]; then
  echo "   npm ci ($(node --version))"
  npm ci --no-audit --no-fund --loglevel=error
  echo "$lock" >node_modules/.mw_lock
else
  echo "   node_modules is up to date"
fi

sources=$(fingerprint)
if [ -f dist/index.html ] && [ "$(cat node_modules/.mw_built 2>/dev/null)" = "$sources" ]; then
  echo "   web/dist is up to date"
else
  npm run --silent build
  echo "$sources" >node_modules/.mw_built
fi
