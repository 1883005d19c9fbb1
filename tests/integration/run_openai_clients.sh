#!/usr/bin/env bash
# Runs OpenAI's official clients, LangChain's OpenAI classes and LiteLLM against a running Millwright,
# and holds its answers against OpenAI's description:
#   tests/integration/run_openai_clients.sh http://127.0.0.1:8080 MODEL THINKER EXAMPLES
# THINKER and EXAMPLES are those of thinking_model.py. Environment, without which tests are skipped by
# name: EMBEDDER and RERANKER of tiny_encoders.py, MILLWRIGHT_DATA the server's data folder.
# Exit status: 0 passed, 1 failed, 77 skipped (a client could not be installed: no network).
# What is installed lies in build/openai_clients/ and is used again.
set -euo pipefail
if [ $# -ne 4 ]; then
  sed -n '2,10s/^# \{0,1\}//p' "$0"
  exit 2
fi
export MILLWRIGHT_URL=${1%/} MODEL=$2 THINKER=$3 EXAMPLES=$4
here=$(cd "$(dirname "$0")" && pwd)
export MILLWRIGHT_ROOT=$here/../.. PYTHONDONTWRITEBYTECODE=1
export OPENAI_DESCRIPTION=${MILLWRIGHT_SHARED:-$here/../../../shared}/data/openai-openapi.tar.xz
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

# Installs what a folder of ours lists (its requirements.txt; all of it, nothing else) and runs tests
# of that folder: run_python FOLDER TEST...
run_python() {
  local listed=$here/$1/requirements.txt folder=$installed/$1 test
  if cmp -s "$listed" "$folder/installed.txt" || {
    rm -rf "$folder" && python3 -m venv "$folder" &&
      "$folder/bin/pip" install --quiet --disable-pip-version-check --no-compile --no-deps -r "$listed" &&
      cp "$listed" "$folder/installed.txt"
  }; then
    for test in "${@:2}"; do "$folder/bin/python" "$here/$1/$test" || status=1; done
  else
    echo "skipped $1: python3-venv is not there or could not install it"
    skipped=1
  fi
}
run_python openai_pypi client_test.py description_test.py
run_python more_pypi client_test.py

if [ $status -eq 0 ] && [ $skipped -eq 1 ]; then exit 77; fi
exit $status
