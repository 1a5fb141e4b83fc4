#!/bin/sh
appsig-exec -- celery -A shop worker
