#!/bin/sh
set -e

python manage.py migrate --noinput

if [ "$DEBUG" = 1 ]; then
    echo "debug"  # gunicorn
fi
exec gunicorn --bind "0.0.0.0:${PORT:-8000}" app.wsgi
