#!/usr/bin/env bash
# Fetches open62541's source (ADR 0086) into build/third_party, where CMake looks for it; what is
# there already is only checked. Exits 1 where it cannot be had: the program then builds without OPC UA.
set -euo pipefail
cd "$(dirname "$0")/.."
value_of() { sed -n "s/^$1 //p" third_party/open62541/crate.txt; }
name=$(value_of name) version=$(value_of version) sha256=$(value_of sha256)
archive=build/third_party/$name-$version.crate

is_whole() { [ -f "$1" ] && echo "$sha256  $1" | sha256sum --check --status; }
cached() {  # where cargo keeps what it downloaded
  find "${CARGO_HOME:-$HOME/.cargo}/registry/cache" -name "$name-$version.crate" 2>/dev/null | head -n 1
}

if is_whole "$archive"; then
  echo "   open62541's source is there ($name $version)"
  exit 0
fi
if ! is_whole "$(cached)"; then
  if ! command -v cargo >/dev/null; then
    echo "   open62541's source needs cargo, which is not installed" >&2
    exit 1
  fi
  echo "   fetching open62541's source ($name $version, 3 MB)"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  # `cargo info` downloads this one crate; `cargo fetch` and `vendor` would bring 29 others along.
  if ! (cd "$(dirname "$log")" && cargo info --quiet "$name@$version") >"$log" 2>&1 </dev/null; then
    tail -n 5 "$log" >&2
    echo "   cargo info $name@$version failed (it takes cargo 1.82 or later)" >&2
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
