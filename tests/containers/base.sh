#!/bin/sh
# base.sh IMAGE - makes IMAGE, a Debian with Python, where no registry is to be had; quick when the engine has it.
# The root file system is cached in build/docker. The image holds the machine's own certificates, as a registry
# of packages may be reached through a proxy with a certificate of its own: for tests, never for what users get.
set -eu

image=${1:?usage: base.sh IMAGE}
top=$(cd "$(dirname "$0")/../.." && pwd)
cache=$top/build/docker/base.tar
certificates=/etc/ssl/certs/ca-certificates.crt
docker=$("$(dirname "$0")/dockerd.sh" client)

! "$docker" image inspect "$image" >/dev/null 2>&1 || exit 0

if [ ! -s "$cache" ]; then
    if [ "$(id -u)" -ne 0 ]; then
        echo "base.sh: \"$image\": only root can make it" >&2
        exit 1
    fi
    "$top/mk/need.sh" debootstrap
    mkdir -p "$top/build/docker"
    root=$(mktemp -d "$top/build/docker/base.XXXXXX")
    trap 'rm -rf "$root" "$cache.part"' EXIT
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$root" \
        >"$top/build/docker/debootstrap.log" 2>&1 || {
        echo "base.sh: debootstrap failed; the end of build/docker/debootstrap.log:" >&2
        tail -n 20 "$top/build/docker/debootstrap.log" >&2
        exit 1
    }
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/doc "$root"/usr/share/man
    [ ! -s "$certificates" ] || cp "$certificates" "$root$certificates"
    tar -C "$root" -cf "$cache.part" .
    mv "$cache.part" "$cache"
fi
"$docker" import --change "ENV PIP_CERT=$certificates" --change 'CMD ["python3"]' "$cache" "$image" >/dev/null
