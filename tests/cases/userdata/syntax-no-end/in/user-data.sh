#!/bin/bash
dnf install -y python3
cat > /etc/app.conf <<EOF
python3 app.py
