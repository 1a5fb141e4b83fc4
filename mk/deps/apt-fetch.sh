#!/bin/bash
# apt-fetch.sh DIRECTORY source|binary PACKAGE - downloads a package of this machine's own Debian archive.
#
# The machine's sources seldom name source packages, and are not ours to change: a private apt configuration below
# DIRECTORY holds a copy of each of its Debian entries with deb-src added, and lists of its own. It needs no root.
set -euo pipefail

directory=$(mkdir -p "$1" && cd "$1" && pwd)
kind=$2
package=$3
private=$directory/apt
architectures=()
# A package of another architecture, NAME:ARCH, comes by lists of its own; the machine's dpkg stays as it is.
case $package in
*:"$(dpkg --print-architecture)") ;;
*:*)
    private=$directory/apt-${package##*:}
    architectures=(-o "APT::Architecture=${package##*:}" -o "APT::Architectures=${package##*:}")
    ;;
esac
tries=4

# A third party's entries have another suite name or no component "main".
archive_entries() {
    local codename stanza_files
    shopt -s nullglob
    stanza_files=(/etc/apt/sources.list.d/*.sources)
    # shellcheck source=/dev/null
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    awk -v codename="$codename" '
        function flush_stanza() {
            if (binary && suite && component && !disabled)
                print stanza
            stanza = ""; binary = suite = component = disabled = 0
        }
        FNR == 1 { flush_stanza() }
        /^[[:space:]]*#/ { next }
        FILENAME ~ /\.sources$/ {
            if ($0 ~ /^[[:space:]]*$/) { flush_stanza(); next }
            field = tolower($1)
            if (field == "types:") { binary = / deb( |$)/; $0 = "Types: deb deb-src" }
            if (field == "suites:") suite = index($0, " " codename)
            if (field == "components:") component = / main( |$)/
            if (field == "enabled:") disabled = /no/
            stanza = stanza $0 "\n"
        }
        END { flush_stanza() }
    ' /dev/null "${stanza_files[@]}" >"$private/parts/archive.sources"
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        grep -E "^deb +(\[[^]]*\] +)?[^ ]+ +${codename}[^ ]* (.* )?main( |$)" |
        sed 'p; s/^deb /deb-src /' >"$private/parts/archive.list" || true
}

private_apt() {
    apt-get -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$private/parts" \
        -o Dir::State::Lists="$private/lists" -o Dir::Cache="$private/cache" -o Acquire::Languages=none \
        -o Acquire::Retries=3 "${architectures[@]}" -o APT::Sandbox::User="$(id -un)" -o APT::Get::List-Cleanup=false "$@"
}

update() {
    mkdir -p "$private"/{parts,lists/partial,cache/archives/partial}
    archive_entries
    private_apt update
}

exec 9>"$directory/apt.lock"
flock 9
[ -d "$private/lists" ] || update || true
cd "$directory"
for ((try = 1; try <= tries; try++)); do
    case $kind in
    source) private_apt source --download-only "$package" && exit 0 ;;
    binary) private_apt download "$package" && exit 0 ;;
    esac
    echo "apt-fetch.sh: \"$package\": try $try of $tries failed" >&2
    sleep $((try * 2))
    update || true
done
exit 1
