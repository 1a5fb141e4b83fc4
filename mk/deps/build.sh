#!/bin/bash
# build.sh NAME ARCH PREFIX SOURCES - builds one static library into PREFIX/{include,lib}.
#
# The library's own steps stand in NAME.sh beside this file, which sets `package` (Debian's name of it) and defines
# `build`. `build` runs in the unpacked source with these set: prefix, host (for configure), CC, AR, RANLIB, CFLAGS.
# The toolchain (CC, AR, DEPS_CFLAGS, HOST_TRIPLET) comes from the environment: mk/arch.mk.
# What was built is told by PREFIX/versions/NAME, one line, Debian's version; its licence by PREFIX/licenses/NAME.
set -euo pipefail

name=$1 arch=$2
prefix=$(mkdir -p "$3" && cd "$3" && pwd)
sources=$(mkdir -p "$4" && cd "$4" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work=$prefix/work/$name
log=$prefix/work/$name.log
host=$HOST_TRIPLET
jobs=$(nproc)
: "$jobs" # for NAME.sh
export CC AR RANLIB CFLAGS=$DEPS_CFLAGS
# Debian's patches touch the inputs of the generated build files; the shipped outputs are right as they are.
export AUTOCONF=: AUTOMAKE=: ACLOCAL=: AUTOHEADER=: AUTOM4TE=: MAKEINFO=:
# The outer make's flags and variables are not for a library's own makefile.
unset MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES

# newest FILE... - an archive that moved on leaves the older download beside the newer one.
newest() {
    local file newest=$1
    for file in "$@"; do
        [ "$file" -nt "$newest" ] && newest=$file
    done
    echo "$newest"
}

# Sets `version`, leaves the source in ./source; a library that comes otherwise defines its own.
unpack() {
    "$here/apt-fetch.sh" "$sources" source "${package:?}"
    local dsc
    dsc=$(newest "$sources/${package}"_*.dsc)
    dpkg-source --no-check -x "$dsc" source
    version=$(sed -n 's/^Version: //p' "$dsc" | head -1)
}

configure() {
    # What is linked is one static program; what runs later is no library of ours.
    ./configure --build="$(uname -m)-linux-gnu" --host="$host" --prefix="$prefix" --disable-shared --enable-static \
        --disable-dependency-tracking "$@"
}

one_library() {
    # shellcheck source=/dev/null
    . "$here/$name.sh"
    rm -rf "$work"
    mkdir -p "$work" "$prefix"/{include,lib,versions,licenses}
    cd "$work"
    unpack
    cd source
    build
    cp "${copyright:-debian/copyright}" "$prefix/licenses/$name"
    echo "$version" >"$prefix/versions/$name"
}

mkdir -p "$prefix/work"
started=$SECONDS
echo "  LIB     $name ($arch)"
# Not "if ! (...)": bash ignores set -e inside a condition.
set +e
(
    set -e
    one_library
) >"$log" 2>&1
outcome=$?
set -e
if [ "$outcome" -ne 0 ]; then
    tail -30 "$log" >&2
    echo "build.sh: \"$name\" not built, all of it in $log" >&2
    exit 1
fi
rm -rf "$work"
echo "  LIB     $name ($arch) $(cat "$prefix/versions/$name"), $((SECONDS - started)) s"
