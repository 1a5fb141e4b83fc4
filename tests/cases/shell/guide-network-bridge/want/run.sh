#!/bin/bash
docker run -d \
  -p 80:5000 \
  -e PORT=5000 \
  -e SERVICE_NAME=shop \
  -e OTEL_METRICS_EXPORTER=none \
  -e OTEL_LOGS_EXPORTER=none \
  -e OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true \
  -e OTEL_PYTHON_DISTRO=aws_distro \
  -e OTEL_PYTHON_CONFIGURATOR=aws_configurator \
  -e OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf \
  -e OTEL_TRACES_SAMPLER=xray \
  -e OTEL_TRACES_SAMPLER_ARG=endpoint=http://host.docker.internal:2000 \
  -e OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT=http://host.docker.internal:4316/v1/metrics \
  -e OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://host.docker.internal:4316/v1/traces \
  -e OTEL_AWS_OTLP_LOGS_ENDPOINT=http://host.docker.internal:4316/v1/logs \
  -e OTEL_AWS_OTLP_METRICS_ENDPOINT=http://host.docker.internal:4316/v1/metrics \
  -e OTEL_RESOURCE_ATTRIBUTES=service.name=shop \
  --add-host host.docker.internal:host-gateway \
  flask-web
