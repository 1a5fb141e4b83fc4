#!/bin/bash
yum update -y && yum install -y python3 && cd /srv/coupons && pip3 install -r requirements.txt && gunicorn -D wsgi:app
