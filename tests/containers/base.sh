#!/bin/sh
# base.sh IMAGE - makes IMAGE, a Debian with Python, where no registry is to be had; quick when it is there.
# The root file system is cached in build/docker. The image holds the machine's own certificates, as packages
# may come through a proxy with a certificate of its own: for tests, never for what users get.
set -eu

image=${1:?usage: base.sh IMAGE}
top=$(cd "$(dirname "$0")/../.." && pwd)
recipe=$(cksum <"$0" | cut -d ' ' -f 1)
cache=$top/build/docker/base-$recipe.tar
certificates=/etc/ssl/certs/ca-certificates.crt
docker=$("$(dirname "$0")/dockerd.sh" client)
# The label passes on to whatever is built upon it: what it marks is the tests' own, and theirs to remove.
made_by=$("$docker" image inspect --format '{{index .Config.Labels "appsig-test"}}' "$image" 2>/dev/null || true)

[ "$made_by" != "$recipe" ] || exit 0

if [ ! -s "$cache" ]; then
    if [ "$(id -u)" -ne 0 ]; then
        echo "base.sh: \"$image\": only root can make it" >&2
        exit 1
    fi
    "$top/mk/need.sh" debootstrap
    mkdir -p "$top/build/docker"
    rm -f "$top"/build/docker/base-*.tar
    root=$(mktemp -d "$top/build/docker/base.XXXXXX")
    trap 'rm -rf "$root" "$cache.part"' EXIT
    # libpython3.11 is what a uWSGI that was built in another stage links against.
    debootstrap --variant=minbase --include=python3,python3-venv,libpython3.11,ca-certificates \
        bookworm "$root" >"$top/build/docker/debootstrap.log" 2>&1 || {
        echo "base.sh: debootstrap failed; the end of build/docker/debootstrap.log:" >&2
        tail -n 20 "$top/build/docker/debootstrap.log" >&2
        exit 1
    }
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/doc
    [ ! -s "$certificates" ] || cp "$certificates" "$root$certificates"
    tar -C "$root" -cf "$cache.part" .
    mv "$cache.part" "$cache"
fi
"$docker" import --change "LABEL appsig-test=$recipe" --change "ENV PIP_CERT=$certificates" \
    "$cache" "$image" >/dev/null
