#!/usr/bin/env bash
# Installs what the real-server tests start on loopback: PostgreSQL, Chromium and its driver (Debian packages), a Bluesky
# PDS and axe-core (npm packages, into .servers/). What is there already is left alone.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

packages=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || packages+=(postgresql)
command -v chromium >/dev/null || packages+=(chromium)
command -v chromedriver >/dev/null || packages+=(chromium-driver)
command -v npm >/dev/null || packages+=(nodejs npm)
[ -e /usr/include/node/node.h ] || packages+=(libnode-dev)
command -v g++ >/dev/null || packages+=(g++ make)
if [ ${#packages[@]} -gt 0 ]; then
  echo "installing ${packages[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

for setup in "$here"/tests/support/*/setup.sh; do
  [ -e "$setup" ] && bash "$setup"
done
echo "the servers for the tests are in place"
