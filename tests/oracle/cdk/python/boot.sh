#!/bin/bash
dnf update -y
cd /opt/pay || exit
pip3 install flask gunicorn
gunicorn -c conf.py app:app &
