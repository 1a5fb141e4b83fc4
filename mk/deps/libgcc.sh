# libgcc comes with the compiler; here its version and licence are noted, as parts of it are in every program.
# shellcheck shell=bash disable=SC2034,SC2154

unpack() {
    local base
    base=gcc-$($CC -dumpversion)-base
    mkdir source
    copyright=/usr/share/doc/$base/copyright
    if [ ! -e "$copyright" ]; then # small images are often without it
        "$here/apt-fetch.sh" "$sources" binary "$base"
        dpkg-deb -x "$(newest "$sources/$base"_*.deb)" source
        copyright=${copyright#/}
    fi
    version=$($CC -dumpfullversion)
}

build() { :; }
