# libcurl for the probe and the metadata services: HTTP/1.1 over TCP, both IP versions, and nothing else.
# shellcheck shell=bash disable=SC2034,SC2154
package=curl

# Each row is a part that a probe would only pay for: in size, or in system calls when a handle is made.
without=(
    ssl zlib brotli zstd libpsl libidn2 nghttp2 nghttp3 ngtcp2 librtmp libssh2 libgsasl ca-bundle ca-path
)
disable=(
    ares threaded-resolver socketpair # names come by CURLOPT_RESOLVE; nobody wakes a poll
    ftp file ldap ldaps rtsp dict telnet tftp pop3 imap smb smtp gopher mqtt websockets
    proxy cookies http-auth crypto-auth ntlm ntlm-wb tls-srp aws sspi
    alt-svc hsts doh netrc unix-sockets dnsshuffle
    mime dateparse progress-meter get-easy-options headers-api libcurl-option
    manual verbose versioned-symbols ech
)

build() {
    configure "${without[@]/#/--without-}" "${disable[@]/#/--disable-}" --enable-http --enable-ipv6
    nice make -C lib -j"$jobs" install
    nice make -C include install
}
