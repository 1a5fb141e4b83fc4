#!/bin/bash
set -euo pipefail

dnf update -y
dnf install -y python3-pip git
git clone https://github.com/acme/shop.git /opt/shop
cd /opt/shop
pip3 install -r requirements.txt
nohup gunicorn -b 0.0.0.0:8000 shop.web:app > /var/log/shop.log 2>&1 &
