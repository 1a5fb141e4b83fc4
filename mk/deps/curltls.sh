# libcurl for appsig-setup: HTTP/1.1 with TLS, proxies and names. The probe's own (curl.sh) stays without them.
# shellcheck shell=bash disable=SC2034,SC2154
package=curl

without=(
    zlib brotli zstd libpsl libidn2 nghttp2 nghttp3 ngtcp2 librtmp libssh2 libgsasl ca-bundle ca-path
)
disable=(
    ares threaded-resolver socketpair
    ftp file ldap ldaps rtsp dict telnet tftp pop3 imap smb smtp gopher mqtt websockets
    cookies ntlm ntlm-wb tls-srp aws sspi
    alt-svc hsts doh netrc unix-sockets dnsshuffle
    mime dateparse progress-meter get-easy-options headers-api libcurl-option
    manual versioned-symbols ech
)

build() {
    # what configure tries is linked as the program will be
    export LDFLAGS="-static -no-pie"
    configure "${without[@]/#/--without-}" "${disable[@]/#/--disable-}" --enable-http --enable-ipv6 \
        --with-mbedtls="$prefix"
    nice make -C lib -j"$jobs"
    cp lib/.libs/libcurl.a "$prefix/lib/libcurltls.a"
}
