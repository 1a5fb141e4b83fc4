#!/bin/bash
set -euo pipefail
dnf update -y
dnf install -y python3-pip
cd /opt/shop
export PATH=/opt/shop/bin:$${PATH}
pip3 install -r requirements.txt
nohup python3 app.py --port ${port} > /var/log/shop.log 2>&1 &
