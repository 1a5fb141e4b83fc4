#!/bin/bash
# suites.sh MAKE REPORTS SUITE... - runs `MAKE suite-SUITE` one after the other, whatever each says, then counts.
# A suite leaves TAP or JUnit files in REPORTS/SUITE; its exit status is put beside them.
set -euo pipefail

make=$1 reports=$2
shift 2
rm -f "$reports/total"
for suite in "$@"; do
    rm -rf "${reports:?}/$suite"
    mkdir -p "$reports/$suite"
    printf '\n=== %s\n' "$suite"
    started=$SECONDS
    outcome=0
    # shellcheck disable=SC2086 # make and its flags are words
    $make "suite-$suite" </dev/null || outcome=$?
    echo "$outcome" >"$reports/$suite/status"
    echo "$((SECONDS - started))" >"$reports/$suite/seconds"
done
echo
python3 mk/totals.py "$reports" "$@"
