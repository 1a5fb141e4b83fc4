#!/bin/bash
dnf update -y
cd /opt/pay
pip3 install flask gunicorn
gunicorn -c conf.py app:app &
