# mbedtls: TLS for appsig-setup's downloads, and the digest of what they bring.
# shellcheck shell=bash disable=SC2034,SC2154
package=mbedtls

build() {
    nice make -C library -j"$jobs" static CFLAGS="$CFLAGS"
    cp library/libmbedtls.a library/libmbedx509.a library/libmbedcrypto.a "$prefix/lib/"
    mkdir -p "$prefix/include"
    cp -r include/mbedtls include/psa "$prefix/include/"
}
