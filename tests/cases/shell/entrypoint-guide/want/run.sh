#!/bin/sh
docker build -t shop .
# appsig-patch: --entrypoint was python
docker run -d --network host --name shop \
  --entrypoint opentelemetry-instrument \
  -e SERVICE_NAME=shop \
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
  shop python -m shop.main
# appsig-patch: the launcher behind the image is new
docker run -d --network host --entrypoint tini -e SERVICE_NAME=shop -e OTEL_METRICS_EXPORTER=none -e OTEL_LOGS_EXPORTER=none -e OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true -e OTEL_PYTHON_DISTRO=aws_distro -e OTEL_PYTHON_CONFIGURATOR=aws_configurator -e OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf -e OTEL_TRACES_SAMPLER=xray -e OTEL_TRACES_SAMPLER_ARG=endpoint=http://localhost:2000 -e OTEL_AWS_APPLICATION_SIGNALS_EXPORTER_ENDPOINT=http://localhost:4316/v1/metrics -e OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://localhost:4316/v1/traces -e OTEL_RESOURCE_ATTRIBUTES=service.name=shop shop -- opentelemetry-instrument flask run
