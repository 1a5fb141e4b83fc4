#!/bin/bash
# cdk.sh DIRECTORY PACKAGES - what synthesises a CDK app in the tests: the packages of PACKAGES (a package.json) in
# DIRECTORY. Node comes from whoever installed it, else from Debian.
set -euo pipefail

directory=$1 packages=$2
tries=3

command -v node >/dev/null || mk/need.sh nodejs
command -v npm >/dev/null || mk/need.sh npm
mkdir -p "$directory"
cp "$packages" "$directory/package.json"
for ((try = 1; try <= tries; try++)); do
    npm install --prefix "$directory" --no-audit --no-fund --no-package-lock --loglevel=error && exit 0
    echo "cdk.sh: \"$packages\": try $try of $tries failed" >&2
    sleep $((try * 2))
done
exit 1
