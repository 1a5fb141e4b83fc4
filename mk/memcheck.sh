#!/bin/bash
# memcheck.sh PROGRAMS UNIT... - Valgrind over the unit programs and over a table of runs of the programs in PROGRAMS; a line
# each. Exits 1 where it saw memory that is not ours, not set, or definitely lost.
set -uo pipefail

programs=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# check NAME COMMAND...: the command's own exit code does not matter, Valgrind's does
check() {
    local name=$1
    shift
    rm -f "$work/log"
    valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --log-file="$work/log" \
        "$@" >/dev/null 2>&1 </dev/null
    # No log: Valgrind did not even start the command. What was exec'd has no exit code of Valgrind's, only the log.
    if [ $? -ne 99 ] && [ -e "$work/log" ] && ! grep -q '^==' "$work/log"; then
        echo "ok - $name"
    else
        failed=1
        echo "not ok - $name"
        sed 's/^/# /' "$work/log" | head -n 30
    fi
}

for unit in "$@"; do
    # Under Valgrind a filter would refuse Valgrind's own calls.
    [ "${unit##*/}" = test_sandboxes ] || check "${unit##*/}" "$unit"
done
printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\076\0' >"$work/appsig-exec"
for folder in tests/cases/*; do
    for style in shim guide; do
        check "appsig-patch --style=$style $folder" "$programs/appsig-patch" --style="$style" --json \
            --set=SERVICE_NAME=shop --set=NETWORK=host --shim-binary="$work/appsig-exec" "$folder"
    done
done
check "appsig-patch --lint" "$programs/appsig-patch" --lint --sarif tests/cases
check "appsig-patch --remove" "$programs/appsig-patch" --remove tests/cases
check "appsig-exec --explain" "$programs/appsig-exec" --explain=json -- gunicorn -w 2 shop.wsgi:application
check "appsig-exec: not found" "$programs/appsig-exec" --port 8000 -- /nonexistent/python app.py
check "appsig-exec: a bad flag" "$programs/appsig-exec" --port 0 -- true
check "appsig-exec true" "$programs/appsig-exec" -- /bin/true
check "appsig-setup --help" "$programs/appsig-setup" --help
check "appsig-setup --plan" "$programs/appsig-setup" backend --plan --root "$work" --service-name shop
exit "$failed"
