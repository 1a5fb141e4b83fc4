#!/bin/bash
# appsig-ignore
docker run -d -e OTEL_AWS_APPLICATION_SIGNALS_ENABLED=true shop
