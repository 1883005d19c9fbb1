#!/usr/bin/env bash
# Runs each fuzz target for a few seconds on a copy of its seeds: tools/fuzz_smoke.sh BUILD SECONDS
# A crash leaves its input in BUILD/crashes/; add it to fuzz/regress/<target>/ with the fix.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1 seconds=$2
crashes=$folder/crashes
mkdir -p "$crashes"
failed=0 passed=0
for program in "$folder"/fuzz/*_fuzz; do
  if [ ! -x "$program" ]; then
    echo "   no fuzz targets were built"
    exit 0
  fi
  target=$(basename "$program" _fuzz)
  corpus=$folder/corpus/$target  # a copy: new inputs found here are not for the repository
  mkdir -p "$corpus"
  seeds=()
  for seed in "fuzz/corpus/$target" "fuzz/regress/$target"; do
    if [ -d "$seed" ]; then seeds+=("$seed"); fi
  done
  if "$program" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -print_final_stats=0 \
    -verbosity=0 -artifact_prefix="$crashes/$target-" "$corpus" "${seeds[@]}" >"$crashes/$target.log" 2>&1; then
    echo "   $target: ok"
    passed=$((passed + 1))
  else
    echo "   $target: FAILED, input kept in $crashes/"
    tail -n 30 "$crashes/$target.log"
    failed=$((failed + 1))
  fi
done
echo "fuzz: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
