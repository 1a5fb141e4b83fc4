# libseccomp: makes the filters at build time, for every architecture; no program of ours carries it.
# shellcheck shell=bash disable=SC2034,SC2154
package=libseccomp

build() {
    configure --disable-python
    nice make -C include install
    nice make -C src -j"$jobs" install-libLTLIBRARIES
}
