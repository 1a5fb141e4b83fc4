# iniparser: Debian's own archive of objects, as its source package is not to be had. It was compiled against glibc
# with _FORTIFY_SOURCE; the three functions that this brought in are added for musl.
# shellcheck shell=bash disable=SC2034,SC2154
package=libiniparser-dev

copyright=usr/share/doc/libiniparser-dev/copyright

unpack() {
    local deb
    "$here/apt-fetch.sh" "$sources" binary "$package:$DEB_ARCH"
    deb=$(newest "$sources/$package"_*_"$DEB_ARCH".deb)
    dpkg-deb -x "$deb" source
    version=$(dpkg-deb -f "$deb" Version)
}

build() {
    # shellcheck disable=SC2086 # flags are words
    $CC $CFLAGS -c "$here/fortify.c" -o fortify.o
    cp usr/lib/*/libiniparser.a "$prefix/lib/libiniparser.a"
    $AR qs "$prefix/lib/libiniparser.a" fortify.o
    # Debian's headers lie there too, and sources say <iniparser/iniparser.h>.
    mkdir -p "$prefix/include/iniparser"
    cp "$(find usr/include -name iniparser.h)" "$(find usr/include -name dictionary.h)" "$prefix/include/iniparser/"
}
