#!/bin/sh
set -e

python manage.py migrate --noinput

if [ "$DEBUG" = 1 ]; then
    echo "debug"  # gunicorn
fi
case "$1" in
web)
    exec gunicorn app.wsgi
    ;;
worker)
    exec celery -A app worker
    ;;
esac
