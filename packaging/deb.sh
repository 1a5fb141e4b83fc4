#!/bin/bash
# deb.sh TREE VERSION DEB_ARCH MAINTAINER OUTPUT - packs TREE (usr/, etc/) as a Debian package. No network, no root.
set -euo pipefail

tree=$1 version=$2 arch=$3 maintainer=$4 output=$5
here=$(dirname "$0")
doc=$tree/usr/share/doc/appsig
control=$tree/DEBIAN
mkdir -p "$control" "$tree/usr/share/lintian/overrides"
install -m 644 "$here/lintian-overrides" "$tree/usr/share/lintian/overrides/appsig"
install -m 755 "$here/still-used.sh" "$control/prerm"

# Debian names the licence, and has its text in one place.
rm "$doc/LICENSE"
cat >"$doc/copyright" <<COPYRIGHT
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: appsig
Comment: The programs are static; NOTICE, beside this file, names what is linked in, with the licences' texts.

Files: *
Copyright: 2026 the appsig authors
License: Apache-2.0
 On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0.
COPYRIGHT
gzip -9n <<CHANGES >"$doc/changelog.gz"
appsig ($version) unstable; urgency=medium

  * CHANGELOG.md, beside this file, tells what is new.

 -- $maintainer  $(date -R -u -d "@$SOURCE_DATE_EPOCH")
CHANGES

echo /etc/appsig/appsig.conf >"$control/conffiles"
cat >"$control/control" <<CONTROL
Package: appsig
Version: $version
Architecture: $arch
Maintainer: $maintainer
Installed-Size: $(du -k --apparent-size -s --exclude=DEBIAN "$tree" | cut -f 1)
Section: admin
Priority: optional
Description: CloudWatch Application Signals for Python services, by one prefix
 appsig-exec starts a Python service so that AWS CloudWatch Application Signals
 sees it, and becomes it. appsig-patch writes that prefix into a repository's
 Dockerfiles, compose files, units and templates. appsig-setup makes an EC2
 host ready and proves that data flows.
CONTROL
(cd "$tree" && find usr etc -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$control/md5sums"
chmod 644 "$doc"/copyright "$doc"/changelog.gz "$control"/{control,conffiles,md5sums}
# dpkg-deb takes SOURCE_DATE_EPOCH for what is newer than it.
find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz --build "$tree" "$output" >/dev/null
