#!/bin/bash
dnf update -y
git clone https://github.com/acme/myapp /opt/myapp
pip3 install flask
python3 app.py
