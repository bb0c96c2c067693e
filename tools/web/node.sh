#!/usr/bin/env bash
# Prints the folder of a Node that can build the page: the machine's own if it is new enough, else that of a Python
# wheel, installed once into .node. Usage: PATH="$(bash tools/web/node.sh):$PATH" npm …
set -euo pipefail
cd "$(dirname "$0")/../.."

new_enough() { # Vite 8 asks for 20.19 or newer
    "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}

if own=$(command -v node) && command -v npm >/dev/null && new_enough "$own"; then
    dirname "$own"
    exit
fi
if [ ! -x .node/bin/node ]; then
    .uv/bin/uv venv --quiet --allow-existing --python .uv/bin/python .node
    .uv/bin/uv pip install --quiet --python .node/bin/python --require-hashes -r tools/web/requirements.lock
fi
echo "$PWD/.node/bin"
