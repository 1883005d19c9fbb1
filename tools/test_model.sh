#!/usr/bin/env bash
# Puts the default model where tests look for it: build/models/smollm2-135m-instruct.gguf, a link
# into the store. Without it and without network the tests that need it skip, by name.
#   tools/test_model.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/.."
program=$1
name=smollm2-135m-instruct
link=build/models/$name.gguf
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
