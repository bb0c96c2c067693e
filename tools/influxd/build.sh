#!/usr/bin/env bash
# Builds the InfluxDB 2 server of go.mod into the user's cache; about five minutes on two cores, then never again.
# The `assets` tag (the web page) is left out: it needs a download at build time, and tests need only the API.
set -euo pipefail

version=2.9.1
pkg_config_version=v0.3.0
go_needed=1.25.10

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin="${XDG_CACHE_HOME:-$HOME/.cache}/quanyan/bin"
source "$here/../go.sh"

if [ -x "$bin/influxd" ] && [[ "$("$bin/influxd" version 2>/dev/null)" == *"InfluxDB v$version "* ]]; then
  echo "influxd $version is built: $bin/influxd" >&2
  exit 0
fi

missing=()
go=$(missing_go "$go_needed")
[ -z "$go" ] || missing+=("$go")
command -v cargo >/dev/null || missing+=("Cargo, for the Flux library (cargo is not on PATH)")
command -v cc >/dev/null || missing+=("a C compiler (cc is not on PATH)")
if [ ${#missing[@]} -gt 0 ]; then
  printf 'influxd cannot be built here. It needs:\n' >&2
  printf '  %s\n' "${missing[@]}" >&2
  exit 1
fi

mkdir -p "$bin"
work=$(mktemp -d "$bin/.build.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$here"

echo "building influxd $version into $bin (once, about five minutes) ..." >&2
# influxd finds the Rust part of Flux through this stand-in for pkg-config, which builds it with Cargo.
GOBIN="$work" GOFLAGS=-mod=mod go install "github.com/influxdata/pkg-config@$pkg_config_version"
export PKG_CONFIG="$work/pkg-config"
export RUSTUP_TOOLCHAIN="${RUSTUP_TOOLCHAIN:-stable}" # Flux pins 1.83, which need not be installed
go build -mod=readonly -tags sqlite_foreign_keys,sqlite_json \
  -ldflags "-s -w -X main.version=v$version" \
  -o "$work/influxd" github.com/influxdata/influxdb/v2/cmd/influxd

mv -f "$work/influxd" "$bin/influxd" # on one file system, hence at once: a running test never meets half a file
echo "built $("$bin/influxd" version | head -n 1)" >&2
