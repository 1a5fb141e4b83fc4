#!/bin/bash
# rpm.sh TREE VERSION ARCH MAINTAINER OUTPUT - packs TREE (usr/, etc/) as an rpm, by packaging/appsig.spec. No network,
# no root; its database is one of its own.
set -euo pipefail

tree=$(cd "$1" && pwd) version=$2 arch=$3 maintainer=$4 output=$5
here=$(cd "$(dirname "$0")" && pwd)
work=$tree.rpmbuild
rm -rf "$work"
mkdir -p "$work"
rpmbuild -bb --quiet --target "$arch-linux" \
    --define "_topdir $work" --define "_dbpath $work/db" --define "_rpmdir $work/out" \
    --define "our_version $version" --define "our_maintainer $maintainer" --define "our_tree $tree" \
    --define "our_scripts $here" \
    "$here/appsig.spec"
mv "$work/out/$arch/appsig-$version-1.$arch.rpm" "$output"
rm -rf "$work"
