#!/bin/bash
dnf update -y
cd /opt/coupons
if ! pip3 install -r requirements.txt; then
  echo failed
fi
nohup flask run --host 0.0.0.0 &
