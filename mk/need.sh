#!/bin/sh
# need.sh PACKAGE... - installs the Debian packages that are missing, as root or through sudo; quick when none is.
set -eu

missing=
for package in "$@"; do
    # A line for each architecture; dpkg also has rows for packages that are "not-installed".
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "need.sh: missing packages, and neither root nor sudo to install them:$missing" >&2
        exit 1
    }
    as_root=sudo
fi

top=$(dirname "$0")/..
mkdir -p "$top/build"
lists=$top/build/apt-lists.stamp

apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

install() {
    # shellcheck disable=SC2086 # one word a package
    apt install -y --no-install-recommends $missing
}

# make runs several of these at once, and apt takes one at a time.
exec 9>"$top/build/apt.lock"
flock 9
echo "need.sh: installing$missing" >&2
if [ ! -e "$lists" ]; then
    apt update >&2
    : >"$lists"
    install >&2
else
    # Lists of yesterday may name packages that are gone from the archive.
    install >&2 || { apt update >&2 && install >&2; }
fi
