#!/usr/bin/env bash
# Fetches open62541's source (ADR 0086) into build/third_party, where CMake looks for it; what is
# there already is only checked. Exits 1 where it cannot be had: the program then builds without OPC UA.
# --ready fetches nothing: exits 0 where the source is there, or a cargo that can fetch it.
set -euo pipefail
cd "$(dirname "$0")/.."
value_of() { sed -n "s/^$1 //p" third_party/open62541/crate.txt; }
name=$(value_of name) version=$(value_of version) sha256=$(value_of sha256)
archive=build/third_party/$name-$version.crate

is_whole() { [ -f "$1" ] && echo "$sha256  $1" | sha256sum --check --status; }
cached() {  # where cargo keeps what it downloaded
  find "${CARGO_HOME:-$HOME/.cargo}/registry/cache" -name "$name-$version.crate" 2>/dev/null | head -n 1
}
cargo_that_fetches() {  # `cargo info` came with 1.82; an older one may stand before it in the PATH
  local each
  while read -r each; do
    if "$each" info -h >/dev/null 2>&1 </dev/null; then echo "$each"; return; fi
  done < <(type -ap cargo)
  return 1
}

if [ "${1:-}" = --ready ]; then
  if is_whole "$archive" || is_whole "$(cached)" || cargo_that_fetches >/dev/null; then exit 0; fi
  exit 1
fi
if is_whole "$archive"; then
  echo "   open62541's source is there ($name $version)"
  exit 0
fi
if ! is_whole "$(cached)"; then
  if ! cargo=$(cargo_that_fetches); then
    echo "   open62541's source needs cargo 1.82 or later, and there is $(cargo --version 2>/dev/null || echo none)" >&2
    exit 1
  fi
  echo "   fetching open62541's source ($name $version, 3 MB)"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  # `cargo info` downloads this one crate; `cargo fetch` and `vendor` would bring 29 others along.
  if ! (cd "$(dirname "$log")" && "$cargo" info --quiet "$name@$version") >"$log" 2>&1 </dev/null; then
    tail -n 5 "$log" >&2
    echo "   cargo info $name@$version failed" >&2
    exit 1
  fi
fi
found=$(cached)
if ! is_whole "$found"; then
  echo "   ${found:-$name-$version.crate}: not the archive that third_party/open62541/crate.txt names" >&2
  exit 1
fi
mkdir -p "$(dirname "$archive")"
cp "$found" "$archive.part"
mv "$archive.part" "$archive"
