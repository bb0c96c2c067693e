#!/usr/bin/env bash
# The compiled part's own formatting, lint and tests. Without Rust there is nothing to check, which CI does not accept.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
if ! command -v cargo >/dev/null; then
  echo "native: Cargo is not on PATH, the compiled part is not checked" >&2
  [ "${CI:-}" != true ] || exit 1
  exit 0
fi
cargo fmt --check
cargo clippy --quiet --locked --release --all-targets -- --deny warnings
cargo test --quiet --locked --release
