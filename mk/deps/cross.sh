#!/bin/bash
# cross.sh PREFIX SOURCES CC DEB_ARCH TRIPLET - makes PREFIX/cc: the cross compiler CC with the musl of another
# architecture, which the Debian package of that architecture brings to PREFIX/musl. What musl-tools does for its own.
set -euo pipefail

prefix=$(mkdir -p "$1" && cd "$1" && pwd -P)
sources=$(mkdir -p "$2" && cd "$2" && pwd)
compiler=$3 deb_arch=$4 triplet=$5

"$(dirname "$0")/apt-fetch.sh" "$sources" binary "musl-dev:$deb_arch"
debs=("$sources"/musl-dev_*_"$deb_arch".deb)
rm -rf "$prefix/musl"
dpkg-deb -x "${debs[-1]}" "$prefix/musl"
sed -i "s,/usr/\(include\|lib\)/$triplet,$prefix/musl&,g" "$prefix/musl/usr/lib/$triplet/musl-gcc.specs"
cat >"$prefix/cc" <<SCRIPT
#!/bin/sh
exec $compiler "\$@" -specs "$prefix/musl/usr/lib/$triplet/musl-gcc.specs"
SCRIPT
chmod +x "$prefix/cc"
