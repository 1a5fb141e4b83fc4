#!/bin/sh
# embed.sh FILE... - prints a C header that holds the files' bytes, sorted by name; struct embedded_file is declared
# in shim/hookfiles.h. The digest is the first 16 hexadecimal digits of the file's SHA-256.
set -eu

echo '#include "shim/hookfiles.h"'
count=0
rows=
for file in $(printf '%s\n' "$@" | LC_ALL=C sort); do
    name=${file##*/}
    digest=$(sha256sum "$file" | cut -c1-16)
    # One row more than the file has, as C knows no empty array; its size is the file's.
    printf '\nstatic const unsigned char embedded_file_%d[] = {\n' "$count"
    od -An -v -tx1 "$file" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
    printf '0};\n'
    rows="$rows    {\"$name\", \"$digest\", embedded_file_$count, sizeof embedded_file_$count - 1},
"
    count=$((count + 1))
done
[ "$count" -gt 0 ] || rows='    {NULL, NULL, NULL, 0},
'
printf '\nconst struct embedded_file embedded_files[] = {\n%s};\n' "$rows"
printf 'const size_t embedded_file_count = %d;\n' "$count"
