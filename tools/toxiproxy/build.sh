#!/usr/bin/env bash
# Builds Toxiproxy, the network that fails of the chaos suite, into the user's cache; seconds, once.
set -euo pipefail

version=2.12.0
go_needed=1.23.0

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin="${XDG_CACHE_HOME:-$HOME/.cache}/quanyan/bin"
source "$here/../go.sh"

if [ -x "$bin/toxiproxy-server" ] && [[ "$("$bin/toxiproxy-server" -version 2>/dev/null)" == *" $version" ]]; then
  echo "toxiproxy $version is built: $bin/toxiproxy-server" >&2
  exit 0
fi

missing=$(missing_go "$go_needed")
if [ -n "$missing" ]; then
  echo "toxiproxy cannot be built here: it needs $missing" >&2
  exit 1
fi

mkdir -p "$bin"
work=$(mktemp -d "$bin/.build.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$here"

echo "building toxiproxy $version into $bin (once) ..." >&2
CGO_ENABLED=0 go build -mod=readonly -ldflags "-s -w -X github.com/Shopify/toxiproxy/v2.Version=$version" \
  -o "$work/toxiproxy-server" github.com/Shopify/toxiproxy/v2/cmd/server

mv -f "$work/toxiproxy-server" "$bin/toxiproxy-server"
echo "built $("$bin/toxiproxy-server" -version)" >&2
