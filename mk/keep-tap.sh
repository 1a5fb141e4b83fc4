#!/bin/bash
# keep-tap.sh PROGRAM - runs a TAP program under prove and keeps what it printed, and its exit status, for the totals.
file=$REPORTS/$(basename "$1")
"$1" | tee "$file.tap"
status=${PIPESTATUS[0]}
echo "$status" >"$file.exit"
exit "$status"
