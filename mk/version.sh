#!/bin/sh
# version.sh DIRECTORY - prints a C header with our version and those of the libraries, a file for each in DIRECTORY.
set -eu

top=$(dirname "$0")/..
printf '#define APPSIG_VERSION "%s"\n' "$(cat "$top/VERSION")"
for file in "$1"/*; do
    name=$(basename "$file" | tr 'a-z-' 'A-Z_')
    printf '#define APPSIG_%s_VERSION "%s"\n' "$name" "$(cat "$file")"
done
