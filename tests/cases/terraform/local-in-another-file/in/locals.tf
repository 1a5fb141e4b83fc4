locals {
  boot = <<EOF
#!/bin/bash
set -euo pipefail
dnf update -y
dnf install -y python3-pip
cd /opt/shop
pip3 install -r requirements.txt
nohup python3 app.py > /var/log/shop.log 2>&1 &
EOF
}
