#!/bin/bash
docker run -d --name shop-app \
  -p 8000:8000 \
  -e PORT=8000 \
  -e SERVICE_NAME=shop \
  -e DJANGO_SETTINGS_MODULE=shop.settings \
  -e OTEL_METRICS_EXPORTER=none \
  -e OTEL_LOGS_EXPORTER=none \
  -e OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true \
  -e OTEL_PYTHON_DISTRO=aws_distro \
  -e OTEL_PYTHON_CONFIGURATOR=aws_configurator \
  -e OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf \
  -e OTEL_TRACES_SAMPLER=xray \
  -e OTEL_TRACES_SAMPLER_ARG=endpoint=http://localhost:2000 \
  -e OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT=http://localhost:4316/v1/metrics \
  -e OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4316/v1/traces \
  -e OTEL_RESOURCE_ATTRIBUTES=service.name=shop \
  --network host \
  123456789012.dkr.ecr.us-east-1.amazonaws.com/my-app:latest
