#!/bin/sh
set -e

python manage.py migrate --noinput

if [ "$DEBUG" = 1 ]; then
    echo "debug"  # gunicorn
fi
exec opentelemetry-instrument gunicorn \
  --workers 2 \
  app.wsgi
