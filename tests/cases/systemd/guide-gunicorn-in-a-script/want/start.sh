#!/bin/sh
exec opentelemetry-instrument gunicorn shop:app
