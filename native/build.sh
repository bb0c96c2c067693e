#!/usr/bin/env bash
# Builds the compiled way of a plain reading into the virtual environment beside it. Half a minute, then never again.
# It is wanted for its speed alone: where it cannot be built, Python does the same work, and one line says so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
uv=$1 bin=$PWD/.venv/bin wheels=native/target/wheels

without() {
  "$uv" pip uninstall --quiet --python "$bin/python" quanyan-native 2>/dev/null || true
  echo "native: $1; the hot path stays in Python, two to three times slower" >&2
  exit 0
}

command -v cargo >/dev/null || without "Cargo is not on PATH (Rust 1.88 or newer)"
command -v cc >/dev/null || without "no C compiler on PATH, which Rust links with"
rm -rf "$wheels"
"$bin/maturin" build --quiet --release --locked --manifest-path native/Cargo.toml --interpreter "$bin/python" --out "$wheels" >&2 ||
  without "it could not be built (above)"
"$uv" pip install --quiet --no-deps --reinstall --python "$bin/python" "$wheels"/*.whl
touch .venv/.native
