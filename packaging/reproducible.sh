#!/bin/bash
# reproducible.sh MAKE FOLDER - builds the packages from nothing, libraries included, in two folders below FOLDER whose
# names differ in length, and compares every byte.
set -euo pipefail

make=$1 folder=$2
export SOURCE_DATE_EPOCH
rm -rf "$folder"
for build in one another-place; do
    mkdir -p "$folder/$build"
    git ls-files -z | tar --null -T - -c | tar -C "$folder/$build" -x
    "$make" -C "$folder/$build" packed
    (cd "$folder/$build/build/dist" && sha256sum -- *) >"$folder/$build.sums"
done
cat "$folder/one.sums"
diff "$folder/one.sums" "$folder/another-place.sums"
echo "reproducible: $(wc -l <"$folder/one.sums") files, the same bytes from two folders"
rm -rf "$folder"
