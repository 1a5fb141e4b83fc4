#!/bin/sh
# build.sh RECEIVER PACKAGE - makes a deb with the agent's name and places, and RECEIVER as its program.
set -eu

here=$(dirname "$0")
root=$(mktemp -d)
home=$root/opt/aws/amazon-cloudwatch-agent
mkdir -p "$root/DEBIAN" "$home/bin" "$home/etc/amazon-cloudwatch-agent.d" "$home/logs" "$root/etc/systemd/system"
cat >"$root/DEBIAN/control" <<'CONTROL'
Package: amazon-cloudwatch-agent
Version: 1.300000.0
Architecture: all
Maintainer: tests
Description: a stand-in
CONTROL
cat >"$root/DEBIAN/prerm" <<'PRERM'
#!/bin/sh
systemctl disable --now amazon-cloudwatch-agent.service
PRERM
chmod 755 "$root/DEBIAN" "$root/DEBIAN/prerm"
cp "$here/amazon-cloudwatch-agent-ctl" "$here/start-amazon-cloudwatch-agent" "$home/bin/"
cp "$1" "$home/bin/amazon-cloudwatch-agent"
ln -s /usr/bin/python3 "$home/bin/amazon-cloudwatch-agent-proxy"
echo 1.300000.0 >"$home/bin/CWAGENT_VERSION"
chmod 755 "$home"/bin/*
cp "$here/amazon-cloudwatch-agent.service" "$root/etc/systemd/system/"
# not compressed: the program is large, and packed for minutes
dpkg-deb --root-owner-group -Znone --build "$root" "$2"
rm -rf "$root"
