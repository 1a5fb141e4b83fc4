# musl comes with the compiler; here its version and licence are noted, as it is in every program.
# shellcheck shell=bash disable=SC2034,SC2154

unpack() {
    mkdir source
    if [ -d "$prefix/musl" ]; then # of another architecture: cross.sh
        copyright=$prefix/musl/usr/share/doc/musl-dev/copyright
        version=$(dpkg-deb -f "$(newest "$sources"/musl-dev_*_"$DEB_ARCH".deb)" Version)
    else
        copyright=/usr/share/doc/musl-dev/copyright
        version=$(dpkg-query -W -f '${Version}' "musl-dev:$DEB_ARCH")
    fi
}

build() { :; }
