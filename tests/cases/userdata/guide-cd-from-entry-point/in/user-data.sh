#!/bin/bash -xe
dnf update -y
pip3 install flask
python3 /opt/myapp/app.py
