# libyaml: positions in compose and CloudFormation files. Debian's source has no configure, and eight files need none.
# shellcheck shell=bash disable=SC2034,SC2154
package=libyaml

build() {
    local numbers=() part
    for part in MAJOR MINOR PATCH; do
        numbers+=("-DYAML_VERSION_$part=$(sed -n "s/^m4_define(\[YAML_$part\], \([0-9]*\))/\1/p" configure.ac)")
    done
    numbers+=("-DYAML_VERSION_STRING=\"${version%-*}\"")
    # A compose file is read in one go, but a folder of templates is megabytes.
    # shellcheck disable=SC2086 # flags are words
    $CC $CFLAGS -O2 "${numbers[@]}" -Iinclude -c src/*.c
    $AR rcs "$prefix/lib/libyaml.a" ./*.o
    install -D -m 644 include/yaml.h "$prefix/include/yaml.h"
}
