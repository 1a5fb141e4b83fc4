#!/bin/bash
dnf install -y python3
python3 -m venv /opt/x
/opt/x/bin/python manage.py migrate
python3 seed.py
systemctl restart httpd
