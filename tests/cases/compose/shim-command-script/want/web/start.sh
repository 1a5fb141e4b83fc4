#!/bin/sh
set -e
python manage.py migrate
exec appsig-exec -- gunicorn shop.wsgi
