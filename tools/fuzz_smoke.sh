#!/usr/bin/env bash
# Runs each fuzz target for a few seconds on a copy of its seeds, one a core:
#   tools/fuzz_smoke.sh BUILD SECONDS
# A crash leaves its input in BUILD/crashes/; add it to fuzz/regress/<target>/ with the fix.
set -euo pipefail
cd "$(dirname "$0")/.."
export FOLDER=$1 DURATION=$2
mkdir -p "$FOLDER/crashes"

run_target() {  # program
  local target corpus seeds=() seed
  target=$(basename "$1" _fuzz)
  corpus=$FOLDER/corpus/$target  # a copy: new inputs found here are not for the repository
  mkdir -p "$corpus"
  for seed in "fuzz/corpus/$target" "fuzz/regress/$target"; do
    if [ -d "$seed" ]; then seeds+=("$seed"); fi
  done
  if "$1" -max_total_time="$DURATION" -rss_limit_mb=2048 -timeout=10 -print_final_stats=0 \
    -verbosity=0 -artifact_prefix="$FOLDER/crashes/$target-" "$corpus" "${seeds[@]}" \
    >"$FOLDER/crashes/$target.log" 2>&1; then
    echo "   $target: ok"
  else
    printf '   %s: FAILED, input kept in %s\n%s\n' "$target" "$FOLDER/crashes/" "$(tail -n 30 "$FOLDER/crashes/$target.log")"
    return 1
  fi
}
export -f run_target

programs=("$FOLDER"/fuzz/*_fuzz)
if [ ! -x "${programs[0]}" ]; then
  echo "   no fuzz targets were built" >&2
  exit 1
fi
if ! printf '%s\0' "${programs[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -euc 'run_target "$0"'; then
  echo "fuzz: some of ${#programs[@]} targets failed"
  exit 1
fi
echo "fuzz: ${#programs[@]} targets passed"
