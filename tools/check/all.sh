#!/usr/bin/env bash
# Every check of the tree that needs no build. Goes on after a failed one; exits 1 if any failed.
set -uo pipefail
cd "$(dirname "$0")/../.."
failed=0
python3 tools/check/layers.py || failed=1
python3 tools/check/names.py || failed=1
python3 tools/check/registered_tests.py || failed=1
python3 tools/check/texts.py || failed=1
tools/check/format.sh || failed=1
for generator in tools/gen/*.py; do
  if grep -q -- --check "$generator"; then python3 "$generator" --check || failed=1; fi
done
exit $failed
