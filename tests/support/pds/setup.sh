#!/bin/sh
# Installs a real Bluesky PDS (and the PLC directory it needs) into .servers/pds for the channel's tests.
# Needs Node 20 with its headers under /usr/include/node (Debian: nodejs, npm, libnode-dev), make and g++.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
folder="${1:-$root/.servers/pds}"
if [ -e "$folder/installed" ]; then exit 0; fi
command -v npm >/dev/null || { echo "npm is missing: install Node 20 or later" >&2; exit 1; }
mkdir -p "$folder"
cd "$folder"
[ -e package.json ] || printf '{"name": "pds-for-tests", "private": true}\n' > package.json
npm install --no-audit --no-fund --ignore-scripts @atproto/pds@0.4.217 @did-plc/server@0.0.1
npm rebuild better-sqlite3 sharp --foreground-scripts || npm_config_nodedir=/usr npm rebuild better-sqlite3 --build-from-source
touch installed
