#!/bin/bash
docker build -t shop .
docker run -d --name shop -e OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://host.docker.internal:4316/v1/traces shop
