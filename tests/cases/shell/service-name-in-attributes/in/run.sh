#!/bin/bash
docker run -d -e OTEL_RESOURCE_ATTRIBUTES=a=b,service.name=shop flask-web
