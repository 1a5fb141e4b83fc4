#!/bin/bash
dnf update -y
dnf install -y python3-pip
pip3 install fastapi uvicorn

cd /opt/myapp
python3 main.py
