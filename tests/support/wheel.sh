#!/usr/bin/env bash
# Builds the wheel, installs it alone in a new environment, and tries it from an empty folder.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
uv=$(command -v uv || echo "$here/.uv/bin/uv")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$uv" build --quiet --wheel --out-dir "$work/dist" "$here"
"$uv" venv --quiet "$work/env"
"$uv" export --quiet --directory "$here" --frozen --no-dev --no-emit-project --no-hashes -o "$work/locked.txt"
"$uv" pip install --quiet --python "$work/env/bin/python" --constraint "$work/locked.txt" "$work"/dist/*.whl

mkdir "$work/empty" && cd "$work/empty"
jobbfyr="$work/env/bin/jobbfyr"
"$jobbfyr" --version
"$jobbfyr" --help >/dev/null
for region in dalarna hoga-kusten empty; do
  "$jobbfyr" init "$work/empty/$region" --region "$region" >/dev/null
  "$jobbfyr" check --config "$work/empty/$region" --json >/dev/null
done
"$jobbfyr" demo --out "$work/empty/demo" >/dev/null
test -s "$work/empty/demo/site/index.html"
echo "the wheel works from an empty folder"
