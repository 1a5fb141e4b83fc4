#!/bin/bash
yum update -y
cd /srv/coupons && \
  pip3 install -r requirements.txt && \
  gunicorn \
    --bind 0.0.0.0:80 \
    --daemon wsgi:app
