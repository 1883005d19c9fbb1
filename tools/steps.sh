# Sourced by ./run and ./test: progress lines with elapsed time, and the few things both need.

MW_STARTED=$SECONDS
MW_STEP_NAME=""
MW_SUMMARY=()

clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

end_step() {  # [result]: closes the running step and keeps its time for the summary
  [ -n "$MW_STEP_NAME" ] || return 0
  local took=$((SECONDS - MW_STEP_STARTED))
  MW_SUMMARY+=("$(printf '%-8s %6s  %s' "${1:-${MW_STEP_RESULT:-ok}}" "$(clock "$took")" "$MW_STEP_NAME")")
  MW_STEP_NAME="" MW_STEP_RESULT=""
}

step() {  # "name": ends the step before and announces the next
  end_step
  MW_STEP_NAME="$1"
  MW_STEP_STARTED=$SECONDS
  printf '\n== [%s] %s\n' "$(clock $((SECONDS - MW_STARTED)))" "$1"
}

note() { printf '   %s\n' "$*"; }

print_summary() {
  printf '\n== Summary (%s in all)\n' "$(clock $((SECONDS - MW_STARTED)))"
  printf '   %s\n' "${MW_SUMMARY[@]}"
}

# Compilers at once: one a core, but no more than 1.5 GiB of memory each allow (the heaviest
# translation units of the server take about that much under the sanitizers).
build_jobs() {
  local by_memory cores
  by_memory=$(awk '/^MemAvailable/ {print int($2 / 1572864)}' /proc/meminfo)
  cores=$(nproc)
  if [ "$by_memory" -lt 1 ]; then by_memory=1; fi
  if [ "$by_memory" -lt "$cores" ]; then echo "$by_memory"; else echo "$cores"; fi
}

# "configure DIR preset [cmake arguments...]" then "build DIR target..."
configure() {
  local folder=$1 preset=$2
  shift 2
  if ! cmake --preset "$preset" -B "$folder" "$@" >"$folder.log" 2>&1; then
    cat "$folder.log" >&2
    return 1
  fi
}

build() {
  local folder=$1
  shift
  NINJA_STATUS='   [%f/%t, %es] ' cmake --build "$folder" -j "$(build_jobs)" --target "$@"
}
