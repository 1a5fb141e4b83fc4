#!/bin/sh
# embed-text.sh FILE... - prints a C header in which each file is a string: conf/app.service is conf_app_service.
set -eu

for file in "$@"; do
    name=$(printf '%s' "${file##*/}" | tr -c 'a-zA-Z0-9' _)
    printf 'static const char conf_%s[] =\n' "$name"
    sed 's/\\/\\\\/g; s/"/\\"/g; s/^/    "/; s/$/\\n"/' "$file"
    printf '    "";\n'
done
