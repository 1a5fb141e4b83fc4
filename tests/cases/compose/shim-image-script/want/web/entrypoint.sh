#!/bin/sh
set -e
python manage.py migrate
exec appsig-exec -- "$@"
