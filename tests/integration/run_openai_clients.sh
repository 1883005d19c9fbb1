#!/usr/bin/env bash
# Runs OpenAI's official clients against a running Millwright:
#   tests/integration/run_openai_clients.sh http://127.0.0.1:8080 [MODEL]
# Exit status: 0 passed, 1 failed, 77 skipped (a client could not be installed: no network).
# What is installed lies in build/openai_clients/ and is used again.
set -euo pipefail
if [ $# -lt 1 ]; then
  sed -n '2,5s/^# \{0,1\}//p' "$0"
  exit 2
fi
export MILLWRIGHT_URL=${1%/}
if [ $# -ge 2 ]; then export MODEL=$2; fi
here=$(cd "$(dirname "$0")" && pwd)
installed=$here/../../build/openai_clients
mkdir -p "$installed"
status=0 skipped=0

npm_folder=$installed/npm
if command -v npm >/dev/null && {
  cmp -s "$here/openai_npm/package-lock.json" "$npm_folder/installed.json" || {
    rm -rf "$npm_folder" && mkdir -p "$npm_folder" &&
      cp "$here"/openai_npm/package*.json "$npm_folder/" &&
      npm --prefix "$npm_folder" ci --no-fund --no-audit --silent &&
      cp "$npm_folder/package-lock.json" "$npm_folder/installed.json"
  }
}; then
  # Node looks for packages beside the script, and nothing is installed in the tree.
  cp "$here/openai_npm/client_test.mjs" "$npm_folder/"
  OPENAI_SCHEMAS=$here/../golden/openai/schemas.json node "$npm_folder/client_test.mjs" || status=1
else
  echo "skipped npm openai: npm is not there or could not install it"
  skipped=1
fi

python_folder=$installed/pypi
if cmp -s "$here/openai_pypi/requirements.txt" "$python_folder/installed.txt" || {
  rm -rf "$python_folder" && python3 -m venv "$python_folder" &&
    "$python_folder/bin/pip" install --quiet --disable-pip-version-check \
      -r "$here/openai_pypi/requirements.txt" &&
    cp "$here/openai_pypi/requirements.txt" "$python_folder/installed.txt"
}; then
  PYTHONDONTWRITEBYTECODE=1 "$python_folder/bin/python" "$here/openai_pypi/client_test.py" || status=1
else
  echo "skipped PyPI openai: python3-venv is not there or could not install it"
  skipped=1
fi

if [ $status -eq 0 ] && [ $skipped -eq 1 ]; then exit 77; fi
exit $status
