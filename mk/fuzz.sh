#!/bin/bash
# fuzz.sh SECONDS ROWS NAME... - libFuzzer on each row of build/fuzz/NAME, or on those of ROWS alone, as many at a time as
# there are cores. What it finds stays in build/fuzz/found/ROW, what ends a row in build/fuzz/crash-ROW-*.
set -euo pipefail

seconds=$1 only=$2
shift 2

one() {
    local name=$1 row=$2 log=build/fuzz/$2.log
    mkdir -p "build/fuzz/found/$row" "build/fuzz/seeds/$row"
    "build/tests/fuzz/$name" --seeds "$row" "build/fuzz/seeds/$row"
    if FUZZ_TARGET=$row "build/fuzz/$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 -max_len=16384 \
        -print_final_stats=1 -artifact_prefix="build/fuzz/crash-$row-" \
        "build/fuzz/found/$row" "build/fuzz/seeds/$row" >"$log" 2>&1; then
        printf 'ok   %-20s %s\n' "$row" "$(sed -n 's/^stat::number_of_executed_units: *\(.*\)/\1 inputs/p' "$log")"
    else
        printf 'FAIL %-20s %s\n' "$row" "$log"
        grep -m 3 -E '^fuzz:|ERROR|SUMMARY|runtime error' "$log" || true
        return 1
    fi
}
export -f one
export seconds

for name in "$@"; do
    while read -r row; do
        [ -z "$only" ] || [[ " $only " == *" $row "* ]] || continue
        printf '%s\0%s\0' "$name" "$row"
    done < <("build/tests/fuzz/$name" --list)
done | xargs -0 -n 2 -P "$(nproc)" bash -c 'one "$@"' one
