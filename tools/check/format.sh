#!/usr/bin/env bash
# Checks that every C++ file is as clang-format 14 leaves it. `tools/check/format.sh --fix` mends it.
set -euo pipefail
cd "$(dirname "$0")/../.."
mode=(--dry-run -Werror)
if [ "${1:-}" = --fix ]; then mode=(-i); fi
files=$(git ls-files --cached --others --exclude-standard '*.cc' '*.h' 2>/dev/null |
  grep -v generated || true)
if [ -z "$files" ]; then
  files=$(find src apps bench fuzz tests -name '*.cc' -o -name '*.h' 2>/dev/null)
fi
echo "$files" | while read -r file; do if [ -f "$file" ]; then printf '%s\0' "$file"; fi; done |
  xargs -0 -n 20 -P "$(nproc)" clang-format-14 "${mode[@]}"
echo "   format: $(echo "$files" | wc -l) files"
