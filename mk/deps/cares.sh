# c-ares: resolves an agent's host name under a deadline, which getaddrinfo does not have.
# shellcheck shell=bash disable=SC2034,SC2154
package=c-ares

build() {
    configure --disable-tests --disable-libgcc
    nice make -C include -j"$jobs" install
    nice make -C src/lib -j"$jobs" install
}
