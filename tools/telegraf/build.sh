#!/usr/bin/env bash
# Builds Telegraf with nothing but the parts that the benchmark compares with, into the user's cache; about a minute, once.
set -euo pipefail

version=1.37.2
go_needed=1.25.10
tags=custom,inputs.mqtt_consumer,outputs.influxdb_v2,parsers.json_v2

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin="${XDG_CACHE_HOME:-$HOME/.cache}/quanyan/bin"
source "$here/../go.sh"

if [ -x "$bin/telegraf" ] && [[ "$("$bin/telegraf" version 2>/dev/null)" == "Telegraf $version"* ]]; then
  echo "telegraf $version is built: $bin/telegraf" >&2
  exit 0
fi

missing=$(missing_go "$go_needed")
if [ -n "$missing" ]; then
  echo "telegraf cannot be built here: it needs $missing" >&2
  exit 1
fi

mkdir -p "$bin"
work=$(mktemp -d "$bin/.build.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$here"

echo "building telegraf $version into $bin (once, about a minute) ..." >&2
go build -mod=readonly -tags "$tags" \
  -ldflags "-s -w -X github.com/influxdata/telegraf/internal.Version=$version" \
  -o "$work/telegraf" github.com/influxdata/telegraf/cmd/telegraf

mv -f "$work/telegraf" "$bin/telegraf"
echo "built $("$bin/telegraf" version | head -n 1)" >&2
