#!/bin/sh
set -e
python manage.py migrate
exec opentelemetry-instrument gunicorn shop.wsgi
