#!/bin/sh
# check-size.sh FILE [MAXIMUM] - a program that has outgrown its limit is not left behind as if it were built.
set -eu

size=$(stat -c %s "$1")
if [ -n "${2-}" ] && [ "$size" -gt "$2" ]; then
    rm -f "$1"
    echo "\"${1%.new}\": $size bytes, more than the $2 that its row in mk/programs.mk allows" >&2
    exit 1
fi
echo "  SIZE    ${1%.new} $size bytes"
