#!/bin/bash
# venv.sh DIRECTORY REQUIREMENTS - a virtual environment with the Python parts of the tests.
# Debian's own interpreter, as on a fresh machine; else the first python3 that is new enough for ADOT.
set -euo pipefail

directory=$1 requirements=$2
tries=3

usable() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null
}

for python in /usr/bin/python3 "$(command -v python3)"; do
    usable "$python" && break
done
usable "$python" || {
    echo "venv.sh: no python3 from 3.10 on with its venv module" >&2
    exit 1
}
[ -x "$directory/bin/python" ] || "$python" -m venv --clear "$directory"
echo "  VENV    $directory ($("$directory/bin/python" -V))"
for ((try = 1; try <= tries; try++)); do
    "$directory/bin/python" -m pip --disable-pip-version-check install --quiet --no-binary uWSGI --no-cache-dir -r "$requirements" && exit 0
    echo "venv.sh: \"$requirements\": try $try of $tries failed" >&2
    sleep $((try * 2))
done
exit 1
