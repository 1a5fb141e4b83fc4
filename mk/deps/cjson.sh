# cJSON: one file, so no build system of its own is needed.
# shellcheck shell=bash disable=SC2034,SC2154
package=cjson

build() {
    # shellcheck disable=SC2086 # flags are words
    $CC $CFLAGS -DCJSON_HIDE_SYMBOLS -c cJSON.c
    $AR rcs "$prefix/lib/libcjson.a" cJSON.o
    # Debian's header lies there too, and sources say <cjson/cJSON.h>.
    install -D -m 644 cJSON.h "$prefix/include/cjson/cJSON.h"
}
