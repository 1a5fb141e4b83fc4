#!/bin/bash
docker run -d \
  -e OTEL_TRACES_SAMPLER=always_on \
  --env=PORT=9000 \
  -eOTEL_LOGS_EXPORTER=console \
  flask-web
