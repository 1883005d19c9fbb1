#!/usr/bin/env bash
# Installs what the project needs and this Debian 12 machine lacks: tools/setup.sh run|test
# The list is tools/packages.txt; open62541's source comes by tools/fetch_open62541.sh. Works as root
# or with sudo, any number of times.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:-run}

usable_node() {  # a Node of the machine's own counts: Debian's npm package conflicts with it
  command -v node >/dev/null && command -v npm >/dev/null &&
    [ "$(node -p 'parseInt(process.versions.node)' 2>/dev/null || echo 0)" -ge 18 ]
}

keeps_its_cargo() {  # apt would remove these for the newer one: that is for whoever installed them to say
  local each
  for each in cargo cargo-mozilla rustup; do
    # dpkg-query fails for a name that it never heard of, which is as good as not installed
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$each" 2>/dev/null || true)" != installed ]; then continue; fi
    echo "   the package $each brings no cargo 1.82; OPC UA needs it: apt-get install cargo-web replaces $each" >&2
    echo "   软件包 $each 不提供 OPC UA 所需的 cargo 1.82：可用 apt-get install cargo-web 替换" >&2
    return
  done
  return 1
}

wanted=()
while read -r package kind_of_package; do
  case "$kind_of_package" in
    run*) ;;
    node*) if usable_node; then continue; fi ;;
    cargo*) if tools/fetch_open62541.sh --ready || keeps_its_cargo; then continue; fi ;;
    test*) if [ "$kind" != test ]; then continue; fi ;;
    *) echo "tools/packages.txt: '$package' needs '# run', '# node', '# cargo' or '# test'" >&2; exit 2 ;;
  esac
  wanted+=("$package")
done < <(sed -n 's/^\([a-z0-9][a-z0-9.+-]*\)[[:space:]]*#[[:space:]]*/\1 /p' tools/packages.txt)

fetch_sources() {
  if tools/fetch_open62541.sh; then return; fi
  echo "   going on without: this build refuses OPC UA connectors (kind = \"opcua\")" >&2
  echo "   没有 open62541 源码也继续：本次构建不支持 OPC UA 连接" >&2
}

missing=()
for package in "${wanted[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  if [ "$status" != installed ]; then missing+=("$package"); fi
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "   all ${#wanted[@]} packages are installed"
  fetch_sources
  exit 0
fi

echo "   installing ${#missing[@]} of ${#wanted[@]} packages: ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "This needs root or sudo once. As root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {  # keeps apt quiet; shows its last lines when it fails
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" \
    >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    echo "apt-get $1 failed; see above" >&2
    exit 1
  fi
}
started=$SECONDS
apt update
echo "   package lists are fresh ($((SECONDS - started)) s), now downloading and unpacking"
apt install -y --no-install-recommends "${missing[@]}"
echo "   installed in $((SECONDS - started)) s"
fetch_sources
