#!/bin/bash
# lint.sh [--fix] RUFF - the formatters and linters over all files of the repository, as TAP, a line for each tool.
# With --fix, the formatters write instead.
set -uo pipefail

fix=
[ "${1-}" != --fix ] || { fix=1 && shift; }
ruff=$1
number=0
failed=0

# Files that git knows or would take; outside of a checkout, all of them.
files() {
    { git ls-files -co --exclude-standard 2>/dev/null || find . -path ./build -prune -o -type f -printf '%P\n'; } |
        while IFS= read -r file; do [ ! -f "$file" ] || printf '%s\n' "$file"; done
}

# check NAME COMMAND... - the files come on standard input
check() {
    local name=$1 output
    shift
    number=$((number + 1))
    if output=$(xargs -r -d '\n' "$@" 2>&1); then
        echo "ok $number - $name"
    else
        failed=1
        echo "not ok $number - $name"
        printf '%s\n' "$output" | sed 's/^/# /'
    fi
}

c_files() { files | grep -E '\.[ch]$' | grep -vE '^tests/(cases|lint)/'; }
python_files() { files | grep -E '\.py$' | grep -vE '^tests/(cases|lint)/'; }
shell_files() { files | grep -E '(\.sh|^\.ci/run)$' | grep -vE '^tests/(cases|lint)/'; }

if [ -n "$fix" ]; then
    c_files | xargs -r -d '\n' clang-format -i
    python_files | xargs -r -d '\n' "$ruff" format --quiet
    python_files | xargs -r -d '\n' "$ruff" check --quiet --fix
    exit 0
fi
check "clang-format" clang-format --dry-run -Werror --ferror-limit=3 < <(c_files)
check "ruff format" "$ruff" format --check --quiet --diff < <(python_files)
check "ruff check" "$ruff" check --quiet --output-format=concise < <(python_files)
check "shellcheck" shellcheck -x < <(shell_files)
echo "1..$number"
exit "$failed"
