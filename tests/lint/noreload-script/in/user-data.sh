#!/bin/bash
export OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true
cd /opt/shop
nohup opentelemetry-instrument python3 manage.py runserver 0.0.0.0:8000 &
