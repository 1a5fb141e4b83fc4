#!/bin/sh
exec opentelemetry-instrument gunicorn app:app
