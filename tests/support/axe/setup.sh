#!/bin/sh
# Puts axe-core, the accessibility checker that the browser tests run inside the pages, into .servers/axe.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
folder="${1:-$root/.servers/axe}"
if [ -e "$folder/node_modules/axe-core/axe.min.js" ]; then exit 0; fi
command -v npm >/dev/null || { echo "npm is missing: install Node 20 or later" >&2; exit 1; }
mkdir -p "$folder"
cd "$folder"
[ -e package.json ] || printf '{"name": "axe-for-tests", "private": true}\n' > package.json
npm install --no-audit --no-fund --ignore-scripts axe-core@4.14.1
